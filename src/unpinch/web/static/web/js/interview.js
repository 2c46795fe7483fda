// Makes the interview handier; every page works without it.
import { enhanceChart } from "./chart.js";
import { sendOnce } from "./once.js";

/** "None of these" and the ticks exclude each other, and so do "yes" and "not sure" of one question. */
function enhanceTicks(form) {
  const none = form.querySelector("#f-none-of-these");
  form.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !target.checked) return;
    for (const other of form.querySelectorAll("input[type=checkbox]")) {
      const clashes =
        target === none ? other !== none : other === none || (other.name === target.name && other !== target);
      if (clashes) other.checked = false;
    }
  });
}

/** Typing a number takes "not sure" away, and the other way round. */
function enhanceNumbers(form) {
  for (const row of form.querySelectorAll(".number-row")) {
    const [typed, unsure] = row.querySelectorAll("input");
    typed.addEventListener("input", () => { if (typed.value) unsure.checked = false; });
    unsure.addEventListener("change", () => { if (unsure.checked) typed.value = ""; });
  }
}

for (const form of document.querySelectorAll("form[data-enhance]")) {
  sendOnce(form);
  if (form.dataset.enhance === "ticks") enhanceTicks(form);
  if (form.dataset.enhance === "form") enhanceNumbers(form);
  if (form.dataset.enhance === "chart") enhanceChart(form);
}
document.getElementById("errors")?.focus();
