// The palette (Ctrl-K): the server answers with a list of options, htmx swaps it in, the arrows move through it.
(() => {
  "use strict";

  const palette = document.getElementById("palette");
  if (!palette) return;
  const input = palette.querySelector("input[role=combobox]");
  const list = document.getElementById("palette-list");
  const none = palette.querySelector(".palette-none");
  const STORE = `hub:recent:${document.body.dataset.user || ""}`;
  const KEEP = 6;
  let opener = null;

  const options = () => [...list.querySelectorAll("[role=option]")];

  function recent() {
    try {
      const items = JSON.parse(localStorage.getItem(STORE) || "[]");
      return Array.isArray(items) ? items.filter((item) => typeof item?.url === "string" && item.url.startsWith("/")) : [];
    } catch {
      return [];
    }
  }

  function remember(option) {
    const label = option.querySelector(".palette-label")?.textContent.trim() || "";
    const item = { label, url: option.getAttribute("href") };
    const others = recent().filter((known) => known.url !== item.url);
    localStorage.setItem(STORE, JSON.stringify([item, ...others].slice(0, KEEP)));
  }

  function line(item, position) {
    const link = document.createElement("a");
    const label = document.createElement("span");
    link.className = "palette-item";
    link.href = item.url;
    link.id = `palette-recent-${position}`;
    link.tabIndex = -1;
    link.setAttribute("role", "option");
    label.className = "palette-label";
    label.textContent = String(item.label);
    link.append(label);
    return link;
  }

  function showRecent() {
    const items = recent();
    if (!items.length) return;
    const group = document.createElement("div");
    const heading = document.createElement("div");
    group.className = "palette-group";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", list.dataset.recentLabel);
    heading.className = "palette-heading";
    heading.setAttribute("aria-hidden", "true");
    heading.textContent = list.dataset.recentLabel;
    group.append(heading, ...items.map(line));
    list.prepend(group);
  }

  function choose(option) {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function move(step) {
    const all = options();
    if (!all.length) return;
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    choose(all[(at + step + all.length) % all.length]);
  }

  function refill() {
    if (!input.value.trim()) showRecent();
    const found = options();
    none.hidden = found.length > 0 || !input.value.trim();
    input.setAttribute("aria-expanded", String(found.length > 0));
    choose(found[0] || null);
  }

  function open(text) {
    if (palette.open) return;
    opener = document.activeElement;
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
    input.value = text || "";
    palette.showModal();
    input.focus();
    window.htmx?.trigger(input, "palette:refresh");
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (palette.open) palette.close();
      else open("");
    } else if (event.key === "/" && !palette.open && !event.target.closest?.("input, textarea, select, dialog")) {
      event.preventDefault();
      open("");
    }
  });

  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault(); // a search field would only empty itself
      palette.close();
    } else if (event.key === "Enter") {
      const option = options().find((known) => known.getAttribute("aria-selected") === "true");
      if (!option) return; // the form sends the words to the search page
      event.preventDefault();
      option.click();
    }
  });

  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) remember(option);
  });

  list.addEventListener("htmx:afterSwap", refill);
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
  });
  palette.addEventListener("close", () => opener?.focus?.());

  // The field in the bar is a plain search form without this script; with it, it opens the palette.
  const field = document.querySelector("[data-palette-open]");
  field?.addEventListener("mousedown", (event) => {
    event.preventDefault();
    open(field.value);
  });
  field?.addEventListener("input", () => {
    open(field.value);
    field.value = "";
  });
})();
