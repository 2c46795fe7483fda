// The body chart already works by labels and style alone. This says aloud what was marked, and fills in the side.

/** The side that the marked places speak for, or null. */
function sideOf(boxes) {
  const sides = new Set(boxes.filter((box) => box.checked).map((box) => box.value.split(":")[1]));
  if (sides.has("left") && sides.has("right")) return "both";
  return ["left", "right", "middle"].find((side) => sides.has(side)) ?? null;
}

export function enhanceChart(form) {
  const boxes = [...form.querySelectorAll('input[name="mark"]')];
  const unsure = form.querySelector('input[name="body-map"]');
  const list = form.querySelector("[data-marked]");
  const said = form.querySelector("[data-said]");
  const sides = [...form.querySelectorAll('input[name="side"]')];
  let sideChosen = sides.some((side) => side.checked) && sideOf(boxes) !== sides.find((side) => side.checked)?.value;

  const show = () => {
    const names = boxes.filter((box) => box.checked).map((box) => box.dataset.name);
    list.hidden = false;
    list.textContent = names.join("; ") || list.dataset.none;
    for (const group of form.querySelectorAll("details")) {
      const count = group.querySelectorAll("input:checked").length;
      group.querySelector(".count").textContent = count || "";
    }
  };

  const fillSide = () => {
    if (sideChosen) return;
    const side = sideOf(boxes);
    for (const radio of sides) radio.checked = radio.value === side;
  };

  for (const radio of sides) radio.addEventListener("change", () => { sideChosen = true; });
  unsure.addEventListener("change", () => {
    if (!unsure.checked) return;
    for (const box of boxes) box.checked = false;
    show();
    fillSide();
  });
  for (const box of boxes) {
    box.addEventListener("change", () => {
      if (box.checked) unsure.checked = false;
      said.textContent = `${box.dataset.name}: ${box.checked ? said.dataset.on : said.dataset.off}`;
      show();
      fillSide();
    });
  }
  show();
  fillSide();
}
