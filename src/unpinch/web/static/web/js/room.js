// The session in the room, made quicker: events arrive by themselves, the timer counts, buttons are felt.
// Everything here works without it too: buttons are plain forms, and the page reloads itself.

const now = document.getElementById("now");

const tick = () => {
  const clock = document.querySelector(".timer-time[data-until]");
  if (!clock) return;
  const left = Math.round((Date.parse(clock.dataset.until) - Date.now()) / 1000);
  const size = Math.abs(left);
  clock.textContent = `${left < 0 ? "+" : ""}${Math.floor(size / 60)}:${String(size % 60).padStart(2, "0")}`;
  clock.classList.toggle("is-over", left < 0);
};

const draw = async () => {
  const answer = await fetch(now.dataset.part, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok || answer.redirected) {
    window.location.reload();
    return;
  }
  const held = document.activeElement?.closest("#now") ? document.activeElement.getAttribute("aria-label") : null;
  now.innerHTML = await answer.text(); // our own server's page part, escaped there
  if (held) [...now.querySelectorAll("button")].find((one) => one.getAttribute("aria-label") === held)?.focus();
  tick();
};

let last = Number(now?.dataset.after ?? 0);
let drawing = Promise.resolve();
const drawSoon = () => {
  drawing = drawing.then(draw).catch(() => {});
  return drawing;
};

const listen = () => {
  const source = new EventSource(`${now.dataset.live}?after=${last}`);
  source.onmessage = (event) => {
    const number = Number(event.lastEventId);
    if (number > last) last = number;
    if (JSON.parse(event.data).end) source.close();
    if (JSON.parse(event.data).kind === "halt") navigator.vibrate?.([200, 80, 200]);
    drawSoon();
  };
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(listen, 3000); // refused for now: try again, from the last one seen
  };
};

if (now && !now.dataset.over) {
  tick();
  setInterval(tick, 1000);
  listen();
  now.addEventListener("submit", async (event) => {
    const form = event.target;
    const kind = event.submitter?.value;
    if (kind === "halt" || kind === "finish" || kind === "stop") {
      navigator.vibrate?.(120);
      return; // what follows is another page
    }
    event.preventDefault();
    navigator.vibrate?.(30);
    const body = new URLSearchParams(new FormData(form, event.submitter));
    try {
      await fetch(form.action, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
      await drawSoon();
    } catch {
      HTMLFormElement.prototype.submit.call(form);
    }
  });
}

const code = document.getElementById("code");
if (code && /^#[A-Z]{6}$/.test(window.location.hash)) {
  code.value = window.location.hash.slice(1);
  history.replaceState(null, "", window.location.pathname);
  document.getElementById("enter").requestSubmit();
}
