// The desk: single keys that open the reply or the note. All of it works without this file too.
(() => {
  "use strict";

  // On the queue "r" opens the ticket of the row at its reply.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "r" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (localStorage.getItem("hub:keys") === "off" || document.querySelector("dialog[open]")) return;
    const link = document.activeElement?.closest?.("#tickets [data-row]")?.querySelector("[data-row-link]");
    if (!link) return;
    event.preventDefault();
    window.location.assign(`${link.href.split("#")[0]}#write-reply`);
  });
})();
