// For people whose clock is not the practice's: what each free time is on their own.
import "./once.js";

const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Whether a moment written with its offset reads differently on this device's clock. */
function differs(written) {
  const here = new Date(written);
  const offset = /([+-])(\d\d):(\d\d)$/.exec(written);
  if (!offset || Number.isNaN(here.getTime())) return false;
  const minutes = (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3]));
  return -here.getTimezoneOffset() !== minutes;
}

export function showOwnTimes(root = document) {
  const notice = root.querySelector("[data-own-zone]");
  const times = [...root.querySelectorAll("time[datetime]")].filter((time) => differs(time.dateTime));
  if (!notice || !times.length) return;
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", weekday: "short" });
  notice.textContent = notice.dataset.text.replace("ZONE", own);
  notice.hidden = false;
  for (const time of times) {
    const line = document.createElement("span");
    line.className = "own-time";
    line.textContent = clock.format(new Date(time.dateTime));
    time.after(line);
  }
}

showOwnTimes();
