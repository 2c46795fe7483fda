// Counts down, minute by minute, how long the chosen time is kept. Without it the page says until when.
const MINUTE = 60_000;

/** What to say with so many milliseconds left. */
function textFor(line, left) {
  if (left <= 0) return line.dataset.over;
  const minutes = Math.ceil(left / MINUTE);
  return minutes === 1 ? line.dataset.last : line.dataset.left.replace("MINUTES", minutes);
}

export function countDown(line) {
  const until = Date.parse(line.dataset.hold);
  if (Number.isNaN(until)) return;
  // The line is a status: a screen reader hears each change, so it changes once a minute and no more often.
  const show = () => {
    const left = until - Date.now();
    const text = textFor(line, left);
    if (line.textContent !== text) line.textContent = text;
    if (left > 0) setTimeout(show, (left % MINUTE) + 50);
  };
  show();
}

for (const line of document.querySelectorAll("[data-hold]")) countDown(line);
