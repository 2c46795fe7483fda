// Saves a draft while it is written. Without this the button "Save the draft" does the same.

const form = document.getElementById("note");
const saved = document.getElementById("saved");
let timer = 0;
let running = false;
let again = false;

const save = async () => {
  if (running) {
    again = true;
    return;
  }
  running = true;
  const sent = new FormData(form);
  try {
    const answer = await fetch(form.dataset.autosave, { method: "POST", body: sent, credentials: "same-origin" });
    const told = await answer.json();
    if (!answer.ok) {
      saved.textContent = told.refused;
      return;
    }
    // Another window's words come in only where nobody has typed since this was sent. Where somebody has, this
    // window goes on building on its old version, so that the next save merges instead of writing over them.
    const changed = Object.entries(told.text).filter(([name, text]) => sent.get(name).trim() !== text);
    const free = changed.filter(([name]) => form.elements[name].value === sent.get(name));
    if (free.length === changed.length) {
      for (const [name, text] of free) form.elements[name].value = text;
      form.elements.base.value = told.number;
    } else {
      again = true;
    }
    saved.textContent = told.clashed.length ? "Two windows wrote in the same field. Both texts are kept." : "Saved.";
  } catch {
    saved.textContent = "Not saved: no connection. Your text stays here; trying again.";
    timer = setTimeout(save, 5000);
  } finally {
    running = false;
    if (again) {
      again = false;
      timer = setTimeout(save, 300);
    }
  }
};

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(save, 900);
});
