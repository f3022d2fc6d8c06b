// Single keys: ? for help, j k x X Enter on lists of [data-row], n and others from [data-key], g and a letter from [data-go].
// They can be switched off on a device (WCAG 2.1.4) and never act while somebody types.
(() => {
  "use strict";

  const STORE = "hub:keys";
  const help = document.getElementById("keys-help");
  const control = document.querySelector("[data-keys-switch]");
  let isGoing = false;
  let goTimer;

  const isOff = () => localStorage.getItem(STORE) === "off";
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);

  function isTyping(target) {
    return target.isContentEditable || target.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select");
  }

  function currentRow() {
    return document.activeElement?.closest?.("[data-row]") || null;
  }

  function focusRow(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(currentRow());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    for (const row of all) row.tabIndex = row === next ? 0 : -1;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function selectRow() {
    currentRow()?.querySelector("input[type=checkbox]")?.click();
  }

  // What the first box for all speaks of, or none of it if all of it is selected.
  function selectAll() {
    document.querySelector("[data-check-all]")?.click();
  }

  function openRow(row) {
    const link = row.querySelector("[data-row-link]") || row.querySelector("a[href]");
    link?.click();
  }

  function press(selector) {
    const target = document.querySelector(selector);
    if (!target || target.closest("[hidden]")) return false;
    if (target.matches("input, textarea, select")) target.focus();
    else target.click();
    return true;
  }

  function startGoing() {
    isGoing = true;
    clearTimeout(goTimer);
    goTimer = setTimeout(() => { isGoing = false; }, 1200);
  }

  const ACTIONS = {
    "?": () => help?.showModal(),
    j: () => focusRow(1),
    k: () => focusRow(-1),
    x: selectRow,
    X: selectAll,
    g: startGoing,
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "Enter" && event.target.matches?.("[data-row]")) {
      event.preventDefault();
      openRow(event.target);
      return;
    }
    if (isOff() || event.key.length !== 1 || document.querySelector("dialog[open]")) return;
    if (isGoing) {
      isGoing = false;
      if (press(`[data-go="${CSS.escape(event.key)}"]`)) event.preventDefault();
      return;
    }
    const action = Object.hasOwn(ACTIONS, event.key) ? ACTIONS[event.key] : null;
    if (action && !press(`[data-key="${CSS.escape(event.key)}"]`)) {
      event.preventDefault();
      action();
    } else if (!action && press(`[data-key="${CSS.escape(event.key)}"]`)) {
      event.preventDefault();
    }
  });

  function boxesOf(place) {
    return [...place.querySelectorAll("[data-row] .check input[type=checkbox]")];
  }

  // The rows that a box for all of them speaks of: those of the place that it names, or of its panel.
  function boxesUnder(control) {
    const { checkAll } = control.dataset;
    return boxesOf((checkAll ? document.querySelector(checkAll) : control.closest(".panel")) || document);
  }

  // Enter in a box or a field of many rows would press the first button there is; which one was meant nobody can know.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input") && event.target.form?.querySelector("[data-bulk]")) event.preventDefault();
  });

  // A ticked row looks selected, boxes for all say whether all are, and the bar for many rows shows how many there are.
  function showSelection() {
    const boxes = boxesOf(document);
    for (const box of boxes) {
      const row = box.closest("[data-row]");
      row.classList.toggle("is-selected", box.checked);
      if (row.matches("tr")) row.setAttribute("aria-selected", String(box.checked));
    }
    for (const control of document.querySelectorAll("[data-check-all]")) {
      const under = boxesUnder(control);
      const ticked = under.filter((box) => box.checked).length;
      control.checked = ticked > 0 && ticked === under.length;
      control.indeterminate = ticked > 0 && ticked < under.length;
    }
    const count = boxes.filter((box) => box.checked).length;
    for (const bar of document.querySelectorAll("[data-bulk]")) {
      bar.hidden = count === 0;
      const place = bar.querySelector("[data-bulk-count]");
      if (place) place.textContent = String(count);
    }
  }

  // With Shift a click ticks, or clears, all rows between the last one clicked and this one.
  let lastBox = null;
  document.addEventListener("click", (event) => {
    if (!event.target.matches("[data-row] .check input[type=checkbox]")) return;
    const boxes = boxesOf(document);
    const ends = [boxes.indexOf(lastBox), boxes.indexOf(event.target)].sort((one, other) => one - other);
    if (event.shiftKey && ends[0] >= 0) {
      for (const box of boxes.slice(ends[0], ends[1] + 1)) box.checked = event.target.checked;
    }
    lastBox = event.target;
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-check-all]")) {
      for (const box of boxesUnder(event.target)) box.checked = event.target.checked;
    }
    if (event.target.closest(".check")) showSelection();
    if (event.target === control) localStorage.setItem(STORE, control.checked ? "on" : "off");
  });

  document.addEventListener("htmx:load", showSelection);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys-open]")) return;
    event.target.closest("details")?.removeAttribute("open");
    help?.showModal();
  });

  if (control) control.checked = !isOff();
  showSelection();
})();
