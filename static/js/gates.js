// Questionnaires save each answer as it is given; a signature can be drawn. Both work without this file too.
(() => {
  "use strict";

  const WAIT = 700;
  const boxes = new WeakMap();
  const unsaved = new Set();

  const form = document.querySelector("[data-autosave]");

  function stateOf(box) {
    if (!boxes.has(box)) boxes.set(box, { timer: 0, busy: false, failed: false, refused: false, sent: "", next: null });
    return boxes.get(box);
  }

  function place(box) {
    return box.querySelector(":scope .gate-state");
  }

  // The values of a box without those of the note inside of it, which is saved by itself
  function valuesOf(box, extra) {
    const values = { ...extra };
    for (const input of box.querySelectorAll("input, select, textarea")) {
      if (!input.name || input.closest("[data-answer]") !== box) continue;
      if (["radio", "checkbox"].includes(input.type) && !input.checked) continue;
      values[input.name] = input.value;
    }
    return values;
  }

  function say(box, text, isError) {
    const at = place(box);
    if (!at) return;
    for (const old of at.querySelectorAll(".gate-saved, .gate-source, .gate-saving, .gate-failed")) old.remove();
    const words = document.createElement("p");
    words.className = isError ? "field-error gate-failed" : "gate-saving";
    words.textContent = text;
    at.append(words);
  }

  // One request a box at a time; what comes meanwhile is sent after it, over the version that it brought
  async function save(box, extra = null) {
    const state = stateOf(box);
    clearTimeout(state.timer);
    if (state.busy) {
      state.next = extra || state.next || {};
      return;
    }
    const values = valuesOf(box, extra || {});
    const answer = JSON.stringify(Object.entries(values).filter(([name]) => name.startsWith("a-")));
    if (!extra && answer === state.sent) {
      if (!state.failed && !state.refused) unsaved.delete(box);
      return;
    }
    Object.assign(state, { busy: true, failed: true, sent: answer });
    say(box, form.dataset.saving, false);
    const target = extra ? box : place(box);
    try {
      await window.htmx.ajax("POST", box.dataset.answer, { source: document.body, target, swap: form.getAttribute("hx-swap"), values });
    } catch {
      state.failed = true;
    }
    state.busy = false;
    const next = state.next;
    state.next = null;
    if (state.failed) {
      state.sent = "";
      say(box, form.dataset.failed, true);
    } else if (next) save(box, next.settle ? next : null);
    else if (!state.refused) unsaved.delete(box);
  }

  function settle(box) {
    const state = place(box);
    const isWrong = state?.dataset.invalid !== undefined;
    for (const input of box.querySelectorAll(".form-control, .form-select")) {
      if (input.closest("[data-answer]") !== box) continue;
      input.toggleAttribute("aria-invalid", isWrong);
      if (isWrong) input.setAttribute("aria-invalid", "true");
    }
    const note = box.querySelector("[data-note]");
    if (note && state?.dataset.needsNote !== undefined) note.toggleAttribute("data-quiet", state.dataset.needsNote !== "yes");
  }

  function boxOf(event) {
    return form?.contains(event.target) ? event.target.closest("[data-answer]") : null;
  }

  document.addEventListener("input", (event) => {
    const box = boxOf(event);
    if (!box) return;
    unsaved.add(box);
    const state = stateOf(box);
    clearTimeout(state.timer);
    state.timer = setTimeout(() => save(box), WAIT);
  });

  document.addEventListener("change", (event) => {
    const box = boxOf(event);
    if (box) save(box);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-settle]");
    const box = button && button.closest("[data-answer]");
    if (!box) return;
    event.preventDefault();
    save(box, { settle: button.value });
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const box = event.detail.target?.closest?.("[data-answer]");
    // 422 brings its own words on why the answer is not kept
    const { status } = event.detail.xhr;
    if (box && form?.contains(box)) Object.assign(stateOf(box), { failed: status >= 400 && status !== 422, refused: status === 422 });
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    for (const box of document.querySelectorAll("[data-answer]")) if (box.contains(event.detail.elt) || box === event.detail.elt) settle(box);
  });

  document.addEventListener("submit", (event) => {
    if (event.target === form) unsaved.clear();
  });

  window.addEventListener("beforeunload", (event) => {
    for (const box of unsaved) if (box.isConnected) event.preventDefault();
  });

  for (const box of document.querySelectorAll("[data-answer]")) settle(box);

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // Signing: mouse, pen and finger draw; the picture goes along as a PNG in a field of the form
  const pad = document.querySelector("[data-pad]");
  if (!pad) return;
  const canvas = pad.querySelector("canvas");
  const sent = pad.querySelector("[data-pad-image]");
  const pen = canvas.getContext("2d");
  let isDown = false;

  function clear() {
    canvas.width = 520;
    canvas.height = 170;
    const colors = getComputedStyle(canvas);
    pen.fillStyle = colors.getPropertyValue("--paper").trim();
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 2.5;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.strokeStyle = colors.getPropertyValue("--pen").trim();
    sent.value = "";
  }

  function point(event) {
    const frame = canvas.getBoundingClientRect();
    return [((event.clientX - frame.left) * canvas.width) / frame.width, ((event.clientY - frame.top) * canvas.height) / frame.height];
  }

  canvas.addEventListener("pointerdown", (event) => {
    isDown = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...point(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!isDown) return;
    pen.lineTo(...point(event));
    pen.stroke();
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(kind, () => {
      if (isDown) sent.value = canvas.toDataURL("image/png");
      isDown = false;
    });
  }
  pad.querySelector("[data-pad-clear]").addEventListener("click", clear);
  clear();
})();
