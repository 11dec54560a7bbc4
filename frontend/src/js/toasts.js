// Short messages in #hk-toasts (aria-live). The server may send one with an htmx response:
// HX-Trigger: {"toast": {"text": "Saved", "tone": "good"}}
import { word } from "./words.js";

const SECONDS = 8;

function watch(toast) {
  // What went wrong stays until it is read.
  if (toast.matches(".hk-toast-bad, .hk-toast-warn")) return;
  let timer = setTimeout(() => toast.remove(), SECONDS * 1000);
  const hold = () => clearTimeout(timer);
  const go = () => {
    hold();
    timer = setTimeout(() => toast.remove(), SECONDS * 1000);
  };
  toast.addEventListener("mouseenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("mouseleave", go);
  toast.addEventListener("focusout", go);
}

/** Shows `text` (plain, never HTML) as a toast of tone info, good, warn or bad; `url` (of this site) makes it a link. */
export function toast(text, tone = "info", url = "") {
  const area = document.getElementById("hk-toasts");
  const model = document.getElementById("hk-toast-model");
  if (!area || !model || !text) return;
  const element = model.content.firstElementChild.cloneNode(true);
  element.classList.add(`hk-toast-${tone}`);
  const place = element.querySelector("[data-text]");
  if (url.startsWith("/") && !url.startsWith("//")) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = text;
    place.replaceChildren(link);
  } else place.textContent = text;
  area.append(element);
}

export function startToasts() {
  const area = document.getElementById("hk-toasts");
  if (!area) return;
  area.querySelectorAll(".hk-toast").forEach(watch);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node.matches?.(".hk-toast")) watch(node);
    }
  }).observe(area, { childList: true });
  area.addEventListener("click", (event) => event.target.closest("[data-close-toast]")?.closest(".hk-toast").remove());
  document.addEventListener("toast", (event) => toast(event.detail?.text, event.detail?.tone));
  // htmx 4: a failed request must say so, and what was typed is still on the page.
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail?.ctx?.response?.status >= 500) toast(word("failed"), "bad");
  });
  document.addEventListener("htmx:error", () => toast(word("offline"), "bad"));
}
