// Moves appointments in the staff calendar by mouse or keys. Without it, each appointment's page has a form.
const calendar = document.querySelector(".calendar");
const form = document.querySelector("#calendar-move");
const said = document.querySelector("#calendar-said");
const FIRST = Number(calendar?.dataset.first);
const STEP = 5;
let taken = null;

const columns = () => [...calendar.querySelectorAll(".column .rows")];
const grid = () => Math.max(1, Math.round(Number(calendar.dataset.grid) / STEP));

function clock(row) {
  const minutes = FIRST * 60 + row * STEP;
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

function say(text) {
  said.textContent = text;
}

function place(box, rows, row) {
  const last = Number(getComputedStyle(calendar).getPropertyValue("--steps")) - 1;
  const at = Math.min(Math.max(row, 0), last);
  box.classList.remove(...[...box.classList].filter((name) => name.startsWith("at-")));
  box.classList.add(`at-${at}`);
  if (box.parentElement !== rows) rows.append(box);
  taken.row = at;
  taken.rows = rows;
}

function take(box) {
  const rows = box.parentElement;
  taken = { box, rows, row: Number(box.dataset.row), before: { rows, next: box.nextSibling, row: Number(box.dataset.row) } };
  box.classList.add("is-taken");
  say(said.dataset.taken.replace("NAME", box.querySelector("strong").textContent));
}

function leave() {
  const { box, before } = taken;
  place(box, before.rows, before.row);
  before.rows.insertBefore(box, before.next);
  box.classList.remove("is-taken");
  box.focus();
  taken = null;
  say(said.dataset.left);
}

function put() {
  const { box, rows, row, before } = taken;
  if (rows === before.rows && row === before.row) return leave();
  form.action = box.dataset.move;
  form.elements.day.value = rows.dataset.day;
  form.elements.time.value = clock(row);
  form.elements.therapist.value = rows.dataset.therapist ?? box.dataset.therapist;
  form.submit();
}

// In the calendar by room a move is in time alone: the server chooses the room.
function neighbour(rows, by) {
  if (calendar.dataset.by === "room") return rows;
  const all = columns();
  return all[all.indexOf(rows) + by] ?? rows;
}

function onKey(event) {
  const box = event.target.closest?.("[data-move]");
  if (!box) return;
  if (!taken) {
    if (event.key === "m") {
      event.preventDefault();
      take(box);
    }
    return;
  }
  const moves = {
    ArrowUp: () => place(taken.box, taken.rows, snapped(taken.row, -1)),
    ArrowDown: () => place(taken.box, taken.rows, snapped(taken.row, 1)),
    ArrowLeft: () => place(taken.box, neighbour(taken.rows, -1), taken.row),
    ArrowRight: () => place(taken.box, neighbour(taken.rows, 1), taken.row),
  };
  if (moves[event.key]) {
    event.preventDefault();
    moves[event.key]();
    taken.box.focus();
    taken.box.scrollIntoView({ block: "nearest", inline: "nearest" });
    const name = taken.rows.closest(".column").getAttribute("aria-label");
    say(said.dataset.at.replace("TIME", clock(taken.row)).replace("COLUMN", name));
  } else if (event.key === "Enter") {
    event.preventDefault();
    put();
  } else if (event.key === "Escape") {
    event.preventDefault();
    leave();
  }
}

function snapped(row, by) {
  const size = grid();
  const offset = ((FIRST * 60) / STEP) % size;
  const whole = (row + offset) / size;
  return (by > 0 ? Math.floor(whole) + 1 : Math.ceil(whole) - 1) * size - offset;
}

function onPointerDown(event) {
  const box = event.target.closest("[data-move]");
  if (!box || event.button !== 0 || event.pointerType === "touch" || taken) return;
  const start = { x: event.clientX, y: event.clientY, grip: event.clientY - box.getBoundingClientRect().top };
  const drag = (moved) => {
    if (!taken && Math.hypot(moved.clientX - start.x, moved.clientY - start.y) < 6) return;
    if (!taken) take(box);
    const rows = calendar.dataset.by === "room" ? taken.rows : (under(moved.clientX) ?? taken.rows);
    const area = rows.getBoundingClientRect();
    const steps = Number(getComputedStyle(calendar).getPropertyValue("--steps"));
    const row = ((moved.clientY - start.grip - area.top) / area.height) * steps;
    const size = grid();
    place(box, rows, Math.round(row / size) * size);
  };
  const done = (ended) => {
    removeEventListener("pointermove", drag);
    removeEventListener("pointerup", done);
    removeEventListener("pointercancel", done);
    if (!taken) return;
    calendar.addEventListener("click", (click) => click.preventDefault(), { once: true, capture: true });
    if (ended.type === "pointercancel") leave();
    else put();
  };
  addEventListener("pointermove", drag);
  addEventListener("pointerup", done);
  addEventListener("pointercancel", done);
}

function under(x) {
  return columns().find((rows) => {
    const area = rows.getBoundingClientRect();
    return x >= area.left && x < area.right;
  });
}

if (calendar && form) {
  document.querySelector("#calendar-keys").hidden = false;
  calendar.addEventListener("keydown", onKey);
  calendar.addEventListener("pointerdown", onPointerDown);
  calendar.addEventListener("dragstart", (event) => event.preventDefault());
  const first = calendar.querySelector(".now");
  first?.scrollIntoView({ block: "center", inline: "nearest" });
}
