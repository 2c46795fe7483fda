// Draws a signature with finger, pen or mouse. Typing one's name is always enough; this is an extra.

const STEP = 2;

function enhance(place) {
  const picture = place.querySelector("svg");
  const line = picture.querySelector("path");
  const field = place.querySelector("input");
  const clear = place.querySelector("button");
  let last = null;

  const show = () => {
    line.setAttribute("d", field.value);
    clear.hidden = !field.value;
  };
  const at = (event) => {
    const box = picture.getBoundingClientRect();
    const { width, height } = picture.viewBox.baseVal;
    return [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
  };
  const add = (word, [x, y]) => {
    field.value += `${word}${x.toFixed(0)} ${y.toFixed(0)}`;
    show();
  };

  picture.addEventListener("pointerdown", (event) => {
    picture.setPointerCapture(event.pointerId);
    last = at(event);
    add("M", last);
    event.preventDefault();
  });
  picture.addEventListener("pointermove", (event) => {
    if (last === null) return;
    const now = at(event);
    if (Math.hypot(now[0] - last[0], now[1] - last[1]) < STEP || field.value.length > 19000) return;
    last = now;
    add("L", now);
  });
  for (const end of ["pointerup", "pointercancel"]) picture.addEventListener(end, () => { last = null; });
  clear.addEventListener("click", () => { field.value = ""; show(); });

  place.hidden = false;
  show();
}

for (const place of document.querySelectorAll("[data-sign]")) enhance(place);
