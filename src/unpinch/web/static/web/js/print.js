// Shows the print buttons, which need a script to do anything.
export function showPrint() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
showPrint();
