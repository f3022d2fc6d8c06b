// Passkeys: a form marked data-passkey asks the browser for one before it is sent. The library's webauthn-json.js turns
// the server's options into what browsers want. Modes: "create" and "get" (options in the JSON that data-options names),
// "login" (options fetched from the form's address).
(() => {
  "use strict";

  const api = window.webauthnJSON;

  async function optionsOf(form) {
    if (form.dataset.passkey !== "login") return JSON.parse(document.getElementById(form.dataset.options).textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  // A passkey that signs in alone is kept by the device and asks for a finger, a face or a PIN
  function forAlone(creation, isAlone) {
    const copy = structuredClone(creation);
    const wanted = copy.publicKey.authenticatorSelection;
    wanted.residentKey = isAlone ? "required" : "discouraged";
    wanted.requireResidentKey = isAlone;
    if (isAlone) wanted.userVerification = "required";
    return copy;
  }

  async function ask(form) {
    const options = await optionsOf(form);
    if (form.dataset.passkey !== "create") return api.get(options.request_options);
    const alone = form.elements.namedItem("passwordless");
    return api.create(forAlone(options.creation_options, Boolean(alone?.checked)));
  }

  function say(form, text) {
    const place = form.querySelector("[data-passkey-error]");
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  }

  function reason(form, error) {
    const known = { InvalidStateError: form.dataset.known, NotAllowedError: form.dataset.cancelled };
    return known[error.name] || form.dataset.failed;
  }

  async function send(event) {
    const form = event.target;
    if (!form.matches?.("form[data-passkey]")) return;
    event.preventDefault();
    const button = event.submitter || form.querySelector("[type=submit]");
    say(form, "");
    button.disabled = true;
    try {
      form.elements.namedItem("credential").value = JSON.stringify(await ask(form));
      form.submit();
    } catch (error) {
      say(form, reason(form, error));
      button.disabled = false;
    }
  }

  document.addEventListener("submit", send);
  if (!window.PublicKeyCredential || !api) {
    for (const form of document.querySelectorAll("form[data-passkey]")) {
      say(form, form.dataset.unsupported);
      form.querySelector("[type=submit]").disabled = true;
    }
  }
})();
