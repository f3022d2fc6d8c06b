// A survey whose score was chosen in the mail sends itself, where a person looks at it: form[data-send-itself].
// Programs that look through mails render pages as well, so nothing is sent by one that says it is driven, or that is
// not in view; people without scripts press the button.
(() => {
  "use strict";

  const form = document.querySelector("form[data-send-itself]");
  if (!form || navigator.webdriver) return;

  const send = () => {
    if (document.visibilityState !== "visible" || document.prerendering) return;
    document.removeEventListener("visibilitychange", wait);
    form.requestSubmit();
  };
  const wait = () => window.setTimeout(send, 700);

  document.addEventListener("visibilitychange", wait);
  wait();
})();
