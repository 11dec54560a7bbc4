// Unsent text survives a reload or a wrong click: kept in sessionStorage (this tab only) under the form's own key,
// public reply and internal note apart, and forgotten when the form is sent.
import { word } from "./words.js";

const key = (field) => `hk-draft:${field.dataset.keep}`;

function restore(scope) {
  for (const field of scope.querySelectorAll("textarea[data-keep]")) {
    const kept = sessionStorage.getItem(key(field));
    if (kept && !field.value) {
      field.value = kept;
      say(field, word("restored"));
    }
  }
}

function say(field, text) {
  const place = field.form?.querySelector("[data-kept]");
  if (place) place.textContent = text;
}

export function startComposer() {
  try {
    sessionStorage.getItem("hk");
  } catch {
    return; // storage is switched off in this browser
  }
  restore(document);
  document.addEventListener("htmx:after:swap", () => restore(document));
  let timer = 0;
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches?.("textarea[data-keep]")) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (field.value.trim()) sessionStorage.setItem(key(field), field.value);
      else sessionStorage.removeItem(key(field));
      say(field, field.value.trim() ? word("kept") : "");
    }, 400);
  });
  document.addEventListener("submit", (event) => {
    clearTimeout(timer);
    for (const field of event.target.querySelectorAll("textarea[data-keep]")) {
      // A server that refuses the form sends the text back in the page; a lost line keeps it here until then.
      if (navigator.onLine !== false) sessionStorage.removeItem(key(field));
    }
  });
}
