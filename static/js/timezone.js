// Offers the browser's own time zone where none was chosen yet: select[data-own-zone].
(() => {
  "use strict";

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const select of document.querySelectorAll("select[data-own-zone]")) {
    if (select.value === "UTC" && [...select.options].some((option) => option.value === zone)) select.value = zone;
  }
})();
