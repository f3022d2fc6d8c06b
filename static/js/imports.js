// A file that is too large is refused before it is sent: the input says how large it may be, and in which words.
(() => {
  "use strict";

  document.addEventListener("change", ({ target }) => {
    const limit = Number(target.dataset?.maxBytes);
    if (!limit || !target.files) return;
    const isTooLarge = [...target.files].some((file) => file.size > limit);
    target.setCustomValidity(isTooLarge ? target.dataset.tooLarge : "");
    if (isTooLarge) target.reportValidity();
  });
})();
