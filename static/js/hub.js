// What every page needs beside htmx: theme, menus, dialogs, toasts, forms. Behavior hangs on data attributes.
(() => {
  "use strict";

  const root = document.documentElement;
  const SVG = "http://www.w3.org/2000/svg";
  const YEAR = 60 * 60 * 24 * 365;

  // Theme: a cookie, so that the server draws the next page right from the start
  function setTheme(theme) {
    if (theme === "auto") {
      delete root.dataset.bsTheme;
      document.cookie = "theme=; path=/; max-age=0; samesite=lax";
    } else {
      root.dataset.bsTheme = theme;
      document.cookie = `theme=${theme}; path=/; max-age=${YEAR}; samesite=lax`;
    }
    showTheme();
    document.dispatchEvent(new CustomEvent("theme:changed"));
  }

  function showTheme() {
    const now = root.dataset.bsTheme || "auto";
    for (const button of document.querySelectorAll("[data-theme-set]"))
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === now));
  }

  // Menus are <details>: one open at a time, closed by Escape and by a click elsewhere
  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.menu[open], details.confirm[open]"))
      if (!menu.contains(except)) menu.open = false;
  }

  function moveInMenu(menu, step) {
    const items = [...menu.querySelectorAll(".menu-item")].filter((item) => item.offsetParent);
    const next = items.indexOf(document.activeElement) + step;
    items.at(next >= items.length ? 0 : Math.max(next, -1))?.focus();
  }

  // Confirmation: the <details> of the page becomes a modal dialog and goes back when it closes
  function confirmIn(details) {
    const body = details.querySelector(".confirm-body");
    const dialog = document.createElement("dialog");
    dialog.className = "confirm-dialog";
    dialog.setAttribute("aria-label", body.dataset.confirmLabel);
    dialog.append(body);
    dialog.addEventListener("close", () => {
      details.append(body);
      dialog.remove();
      details.querySelector("summary").focus();
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  // Toasts: from the page, from HX-Trigger {"toast": {text, tone, undo}}, from failed requests
  const ICONS = { success: "circle-check", warning: "alert-triangle", danger: "alert-circle", info: "info-circle" };

  function icon(name) {
    const any = document.querySelector("svg.icon use");
    const sprite = any ? any.getAttribute("href").split("#")[0] : "";
    const svg = document.createElementNS(SVG, "svg");
    const use = document.createElementNS(SVG, "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${sprite}#${name}`);
    svg.append(use);
    return svg;
  }

  function button(css, text) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = css;
    made.textContent = text;
    return made;
  }

  function equip(card) {
    if (card.dataset.ready) return;
    card.dataset.ready = "yes";
    const close = button("toast-close", "");
    close.setAttribute("aria-label", card.parentElement.dataset.dismiss);
    close.append(icon("x"));
    close.addEventListener("click", () => card.remove());
    card.append(close);
    if (card.classList.contains("toast-danger") || card.classList.contains("toast-warning")) return;
    let timer;
    const start = () => { timer = setTimeout(() => card.remove(), 10000); };
    const stop = () => clearTimeout(timer);
    for (const kind of ["mouseenter", "focusin"]) card.addEventListener(kind, stop);
    for (const kind of ["mouseleave", "focusout"]) card.addEventListener(kind, start);
    start();
  }

  function toast({ text, tone = "info", undo = "" }) {
    const place = document.getElementById("toasts");
    if (!place || !text) return;
    const card = document.createElement("div");
    const words = document.createElement("span");
    card.className = `toast-card toast-${tone in ICONS ? tone : "info"}`;
    words.className = "toast-text";
    words.textContent = text;
    card.append(icon(ICONS[tone] || ICONS.info), words);
    if (undo.startsWith("/")) {
      const back = button("toast-undo", place.dataset.undo);
      back.addEventListener("click", () => {
        card.remove();
        window.htmx.ajax("POST", undo, { source: document.body, swap: "none" });
      });
      card.append(back);
    }
    place.append(card);
    equip(card);
  }

  // Forms: unsaved changes ask before leaving; filters send themselves
  const dirty = new Set();
  const typing = new WeakMap();

  function sendSoon(form, wait) {
    clearTimeout(typing.get(form));
    typing.set(form, setTimeout(() => form.requestSubmit(), wait));
  }

  // Names of what somebody opened do not outlive the session on a shared machine
  function forgetRecent() {
    for (const key of Object.keys(localStorage)) if (key.startsWith("hub:recent:")) localStorage.removeItem(key);
  }

  // A form that makes something is sent once: a second click meanwhile is passed over
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.querySelector("[name=sent_key]")) return;
    if (form.dataset.sent !== undefined) return event.preventDefault();
    form.dataset.sent = "";
    setTimeout(() => delete form.dataset.sent, 4000);
  });

  function settle(scope) {
    for (const card of scope.querySelectorAll("[data-toast]")) equip(card);
    scope.querySelector("[data-focus]")?.focus();
  }

  document.addEventListener("click", (event) => {
    const at = event.target.closest("[data-theme-set], [data-dialog-open], [data-dialog-close], [data-copy], .confirm > summary");
    closeMenus(event.target);
    if (!at) return;
    if (at.dataset.themeSet) setTheme(at.dataset.themeSet);
    else if (at.dataset.dialogOpen) document.getElementById(at.dataset.dialogOpen)?.showModal();
    else if ("dialogClose" in at.dataset) at.closest("dialog")?.close();
    else if (at.dataset.copy) navigator.clipboard?.writeText(at.dataset.copy).then(() => toast({ text: at.dataset.copied, tone: "success" }));
    else if (at.parentElement.dataset.confirm !== undefined) {
      event.preventDefault();
      confirmIn(at.parentElement);
    }
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details.menu[open]");
    if (event.key === "Escape") {
      menu?.querySelector("summary").focus();
      closeMenus(null);
    } else if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      moveInMenu(menu, event.key === "ArrowDown" ? 1 : -1);
    }
  });

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.dataset.guard !== undefined) dirty.add(form);
    if (form?.dataset.autosubmit !== undefined && event.target.matches("[type=search], [type=text]")) sendSoon(form, 350);
  });

  document.addEventListener("change", ({ target }) => {
    const form = target.form;
    if (form?.dataset.autosubmit !== undefined && !target.matches("[type=search], [type=text]")) sendSoon(form, 0);
  });

  document.addEventListener("submit", ({ target: form }) => {
    dirty.delete(form);
    if (form.dataset.signOut !== undefined) forgetRecent();
  });
  window.addEventListener("beforeunload", (event) => [...dirty].some((form) => form.isConnected) && event.preventDefault());

  document.addEventListener("toast", ({ detail }) => toast(detail));
  document.addEventListener("htmx:load", ({ detail }) => settle(detail.elt));
  for (const [name, said] of [["htmx:responseError", "failed"], ["htmx:sendError", "offline"]])
    document.addEventListener(name, () => toast({ text: document.getElementById("toasts")?.dataset[said], tone: "danger" }));

  // A row of tabs that is wider than the screen shows the open one
  document.querySelectorAll(".tabs [aria-current]").forEach((tab) => {
    const [at, from] = [tab, tab.parentElement].map((part) => part.getBoundingClientRect());
    tab.parentElement.scrollLeft += at.left - from.left - (from.width - at.width) / 2;
  });

  showTheme();
  settle(document);
})();
