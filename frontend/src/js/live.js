// One stream of small events from /live/: the bell's number, and "work moved". On a page with [data-live] regions the
// page is fetched again and those regions are swapped, unless somebody is typing or has something open in them.
import { toast } from "./toasts.js";
import { digits } from "./words.js";

const QUIET = 1500;

function showUnread(count) {
  const bell = document.getElementById("hk-bell");
  if (!bell) return;
  let dot = bell.querySelector(".hk-dot");
  if (count === 0) {
    dot?.remove();
    return;
  }
  if (!dot) {
    dot = document.createElement("span");
    dot.className = "hk-dot";
    bell.append(dot);
  }
  dot.textContent = digits(count);
}

/** Who is calling, once on each page; in a new tab that opens meanwhile, too. It stays until it is closed. */
let lastCall = 0;
function showCall(call) {
  if (!call || call.id === lastCall) return;
  lastCall = call.id;
  toast(call.text, "warn", call.url);
}

/** Whether swapping this region would take something out of somebody's hands. */
function isBusy(region) {
  if (region.contains(document.activeElement) && document.activeElement !== document.body) return true;
  if (region.querySelector("dialog[open], details[open], input:checked[name='item']")) return true;
  return [...region.querySelectorAll("textarea")].some((area) => area.value !== area.defaultValue);
}

async function refreshRegions() {
  const regions = [...document.querySelectorAll("[data-live][id]")];
  if (regions.length === 0 || document.hidden) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const region of regions) {
    const next = fresh.getElementById(region.id);
    if (!next || isBusy(region) || next.innerHTML === region.innerHTML) continue;
    region.innerHTML = next.innerHTML;
    window.htmx?.process(region);
  }
  document.dispatchEvent(new CustomEvent("hk:refreshed"));
}

export function startLive() {
  const bell = document.getElementById("hk-bell");
  if (!bell || !("EventSource" in window)) return;
  let work = null;
  let waiting = 0;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => refreshRegions().catch(() => {}), QUIET);
  };
  const source = new EventSource("/live/");
  source.addEventListener("state", (event) => {
    const state = JSON.parse(event.data);
    showUnread(state.unread);
    showCall(state.call);
    if (work !== null && state.work !== work) later();
    work = state.work;
  });
  document.addEventListener("visibilitychange", () => document.hidden || later());
  // A stream that the page leaves open keeps the browser from storing the page for "back".
  addEventListener("pagehide", () => source.close());
}
