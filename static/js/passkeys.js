// The button that asks the browser for a passkey: which form it is stands in its `data-form`.
"use strict";

const passkey = document.getElementById("passkey");

window.allauth.webauthn.forms[passkey.dataset.form]({
  ids: {
    add: "passkey",
    authenticate: "passkey",
    login: "passkey",
    credential: "id_credential",
    passwordless: "id_passwordless",
    data: "passkey-data",
  },
});

// allauth says in the console that the browser gave none; people read it on the page.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey-fault").hidden = false;
});
