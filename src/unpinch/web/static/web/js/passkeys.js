// Passkeys need the browser's help: without this file one logs in by password or by code.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

async function send(url, body) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const response = await fetch(url, {
    method: "POST",
    headers: { "X-CSRFToken": token, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (response.redirected) location.assign(response.url); // logged in too long ago: the login page says so
  return response.json();
}

function forBrowser(options) {
  const wanted = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (wanted.user) wanted.user = { ...wanted.user, id: bytes(wanted.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (wanted[list]) wanted[list] = wanted[list].map((one) => ({ ...one, id: bytes(one.id) }));
    else delete wanted[list];
  }
  return { publicKey: wanted };
}

function forServer(made) {
  const response = { clientDataJSON: text(made.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[part]) response[part] = text(made.response[part]);
  }
  return { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} };
}

function showCodes(place, answer) {
  const box = place.querySelector(".new-codes");
  for (const code of answer.codes) {
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("code"), { textContent: code }));
    box.querySelector(".codes").append(item);
  }
  box.hidden = false;
  box.focus();
}

async function run(place) {
  const fault = place.querySelector(".error");
  fault.hidden = true;
  try {
    const options = forBrowser(await send(place.dataset.offer, {}));
    const adds = place.dataset.passkey === "add";
    const made = await (adds ? navigator.credentials.create(options) : navigator.credentials.get(options));
    const answer = await send(place.dataset.answer, forServer(made));
    if (answer.codes) showCodes(place, answer);
    else if (answer.to) location.assign(answer.to);
    else throw new Error(answer.fault);
  } catch (error) {
    const isOurs = error instanceof Error && !(error instanceof DOMException) && error.message;
    fault.textContent = isOurs ? error.message : place.dataset.failed;
    fault.hidden = false;
  }
}

// A passkey belongs to a name: browsers make none for a bare number such as 127.0.0.1.
const hasName = !/^[\d.]+$|:/.test(location.hostname);
if (window.PublicKeyCredential && hasName) {
  for (const place of document.querySelectorAll("[data-passkey]")) {
    place.hidden = false;
    place.querySelector("button").addEventListener("click", () => run(place));
  }
}
