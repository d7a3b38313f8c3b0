// Passkeys on the pages that offer them. A browser without them shows the pages as they are without this script.
"use strict";
(() => {
  const able = () =>
    window.isSecureContext &&
    window.PublicKeyCredential &&
    PublicKeyCredential.parseRequestOptionsFromJSON &&
    PublicKeyCredential.parseCreationOptionsFromJSON &&
    PublicKeyCredential.prototype.toJSON;
  if (!able()) return;
  // Before anything is painted, so that nothing moves.
  document.documentElement.classList.add("has-passkeys");

  // The suggestions of the field wait until the button is pressed instead: a browser asks for one thing at a time.
  let waiting = null;

  const ask = (form, more) => {
    const options = JSON.parse(form.dataset.options);
    return form.dataset.makes
      ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options), ...more });
  };

  const send = (form, credential) => {
    form.elements.namedItem("answer").value = JSON.stringify(credential);
    HTMLFormElement.prototype.submit.call(form);
  };

  const tell = (form, problem) => {
    const known = form.querySelector("[data-known]");
    const is = known && problem.name === "InvalidStateError" ? known : form.querySelector("[data-failed]");
    if (is) is.hidden = false;
  };

  const press = async (form, button) => {
    for (const told of form.querySelectorAll("[data-failed], [data-known]")) told.hidden = true;
    button.disabled = true;
    if (waiting) waiting.abort();
    try {
      send(form, await ask(form, {}));
    } catch (problem) {
      button.disabled = false;
      tell(form, problem);
    }
  };

  const suggest = async (form) => {
    const can = PublicKeyCredential.isConditionalMediationAvailable;
    if (!document.querySelector('input[autocomplete~="webauthn"]') || !can) return;
    if (!(await PublicKeyCredential.isConditionalMediationAvailable())) return;
    waiting = new AbortController();
    try {
      send(form, await ask(form, { mediation: "conditional", signal: waiting.signal }));
    } catch {
      // The button was pressed, or nothing was chosen.
    }
  };

  // Whoever could make a passkey on this very device may be offered one after signing in.
  const note = async () => {
    const field = document.querySelector('input[name="device"]');
    const own = await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
    if (field && own) field.value = "passkey";
  };

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("passkey-form");
    note().catch(() => {});
    if (!form) return;
    form.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.name) return;
      event.preventDefault();
      press(form, document.getElementById("passkey-submit"));
    });
    if (!form.dataset.makes) suggest(form);
  });
})();
