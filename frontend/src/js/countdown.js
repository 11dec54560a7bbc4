// <time data-countdown datetime="…" data-warn="1800">: the server wrote the first text; this keeps it true.
// State is colour and word: on time, soon (less than data-warn seconds left), late.
import { digits, word } from "./words.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "2 d 3 h", "3 h 5 min", "5 min", "40 s": the largest unit and the next, cut, as the server's |duration writes them. */
function spell(seconds) {
  const units = [[DAY, "day"], [HOUR, "hour"], [MINUTE, "minute"]];
  if (seconds < MINUTE) return seconds > 0 ? word("second", digits(seconds)) : word("minute", digits(0));
  const first = units.findIndex(([size]) => seconds >= size);
  const parts = [];
  for (const [size, name] of units.slice(first, first + 2)) {
    const count = Math.floor(seconds / size);
    if (count > 0) parts.push(word(name, digits(count)));
    seconds -= count * size;
  }
  return parts.join(" ");
}

function refresh(element, now) {
  const left = Math.trunc((Date.parse(element.dateTime) - now) / 1000);
  if (Number.isNaN(left)) return;
  const warn = Number(element.dataset.warn || 0);
  const state = Date.parse(element.dateTime) < now ? "late" : left <= warn ? "soon" : "ontime";
  const text = word(state === "late" ? "late" : "left", spell(Math.abs(left)));
  const target = element.querySelector("[data-text]") ?? element;
  if (target.textContent !== text) target.textContent = text;
  if (element.dataset.state === state) return;
  element.dataset.state = state;
  const use = element.querySelector("use");
  const icon = { late: "alert-triangle", soon: "alarm", ontime: "clock" }[state];
  use?.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
}

export function startCountdowns() {
  // The server's clock decides: a shop's PC is often minutes off.
  const served = Date.parse(document.documentElement.dataset.now ?? "");
  const offset = Number.isNaN(served) ? 0 : served - Date.now();
  const tick = () => {
    if (document.hidden) return;
    const now = Date.now() + offset;
    for (const element of document.querySelectorAll("time[data-countdown]")) refresh(element, now);
  };
  tick();
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  document.addEventListener("htmx:after:swap", tick);
  document.addEventListener("hk:refreshed", tick);
}
