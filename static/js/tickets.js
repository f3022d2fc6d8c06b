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

  // "Reply" and "Note" open their part of the composer and put the cursor there.
  function compose(kind) {
    const part = document.getElementById(`write-${kind}`);
    if (!part) return;
    part.open = true;
    const text = part.querySelector("textarea");
    text?.focus({ preventScroll: true });
    part.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-compose]");
    if (!link) return;
    event.preventDefault();
    compose(link.dataset.compose);
  });

  // What is being written is kept as a draft, and colleagues see that somebody writes.
  const WAIT = 900;
  const timers = new WeakMap();

  async function keep(form, text) {
    const place = form.querySelector("[data-draft-state]");
    const body = new URLSearchParams({ body: text.value });
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    try {
      const answer = await fetch(form.dataset.draftUrl, { method: "POST", body, headers: { "X-CSRFToken": token } });
      if (place) place.textContent = await answer.text();
    } catch {
      if (place) place.textContent = "";
    }
  }

  document.addEventListener("input", (event) => {
    const text = event.target.closest("[data-draft]");
    const form = text?.form;
    if (!form?.dataset.draftUrl) return;
    const writing = document.getElementById("writing");
    if (writing) writing.value = text.value.trim() ? "1" : "";
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => keep(form, text), WAIT));
  });

  document.addEventListener("submit", (event) => {
    if (event.target.dataset.draftUrl) clearTimeout(timers.get(event.target));
  });

  // Files that are dropped or pasted on the text go along with it.
  function addFiles(form, files) {
    const input = form?.querySelector("input[type=file]");
    if (!input || !files.length) return false;
    const all = new DataTransfer();
    for (const file of [...input.files, ...files]) all.items.add(file);
    input.files = all.files;
    return true;
  }

  document.addEventListener("paste", (event) => {
    const form = event.target.closest?.("[data-draft]")?.form;
    if (form && addFiles(form, event.clipboardData?.files || [])) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const form = event.target.closest?.(".compose-form");
    if (form && addFiles(form, event.dataTransfer?.files || [])) event.preventDefault();
  });
  document.addEventListener("dragover", (event) => {
    if (event.target.closest?.(".compose-form") && event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });

  const asked = window.location.hash.match(/^#write-(reply|note)$/);
  // The browser goes to the place in the address once the page is there, and takes the cursor away with it.
  if (asked) window.addEventListener("load", () => setTimeout(() => compose(asked[1]), 0));
})();
