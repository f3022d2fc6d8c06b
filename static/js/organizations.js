// Forms with data-send-keys are sent by Ctrl+Enter or Cmd+Enter from any of their fields.
(() => {
  "use strict";

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.form;
    if (form?.dataset.sendKeys === undefined) return;
    event.preventDefault();
    form.requestSubmit();
  });
})();
