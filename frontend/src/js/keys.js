// Keyboard: "/" goes to the search box, "?" shows the keys, j and k go down and up a list, and [data-key="x"] on a link
// or button answers to x. Escape leaves the field one is writing in.
const typing = (element) => element?.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

/** The link of the next line of the page's list, or of the one before. */
function step(down) {
  const links = [...document.querySelectorAll(".hk-list .hk-list-title a[href]")].filter((one) => one.offsetParent);
  if (!links.length) return false;
  const row = document.activeElement?.closest?.(".hk-list tr");
  const at = links.findIndex((one) => one === document.activeElement || (row && one.closest("tr") === row));
  const next = at < 0 ? (down ? 0 : links.length - 1) : Math.min(Math.max(at + (down ? 1 : -1), 0), links.length - 1);
  links[next].focus();
  return true;
}

/** The Latin letter of a key, also while a Bengali keyboard is switched on: then the key says "জ", its place still "J". */
export function latin(event) {
  if (/^[a-z0-9]$/i.test(event.key)) return event.key.toLowerCase();
  if (/^[\x20-\x7e]$/.test(event.key)) return event.key;
  const place = /^(?:Key|Digit)([A-Z0-9])$/.exec(event.code ?? "");
  if (place) return event.key.length === 1 ? place[1].toLowerCase() : "";
  return event.code === "Slash" && event.key.length === 1 ? (event.shiftKey ? "?" : "/") : event.key;
}

/** What a press has opened gets the cursor: the first field of a form, the first line of a menu. */
function enter(target) {
  const place = target.matches("summary")
    ? target.parentElement
    : target.hash && target.pathname === location.pathname && document.getElementById(target.hash.slice(1));
  if (!place) return;
  const around = place.closest("details");
  if (around && !target.matches("summary")) around.open = true;
  setTimeout(() => {
    if (place.matches("details") && !place.open) return;
    const field = "select, textarea, input:not([type=hidden]), .hk-menu-panel button, .hk-menu-panel a";
    [...place.querySelectorAll(field)].find((one) => one.offsetParent)?.focus();
  });
}

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      // Ctrl+Enter sends the form one is writing in.
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
        event.target.form?.requestSubmit();
      }
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    if (typing(event.target)) {
      // Out of the field, so that the single keys answer again; what is written stays.
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const key = latin(event);
    if (key === "/") {
      const box = document.querySelector(".hk-search input");
      if (!box) return;
      event.preventDefault();
      box.focus();
      box.select();
    } else if (key === "?") {
      document.getElementById("hk-keys")?.showModal();
    } else if (/^[a-z0-9]$/.test(key)) {
      const target = document.querySelector(`[data-key="${key}"]`);
      if (!target) {
        // What is new on most pages is a ticket: somebody is on the phone, wherever one is just now.
        const fresh = key === "c" && document.querySelector(".hk-side-link[data-new]")?.dataset.new;
        // On the page of whom it is about, the ticket is theirs: the page's own head leads there.
        if (fresh) location.assign(document.querySelector(`.hk-head a[href^="${fresh}?"]`)?.href ?? fresh);
        if (key === "q") document.querySelector('.hk-side-link[href="/work/queue/"]')?.click();
        if ((key === "j" || key === "k") && step(key === "j")) event.preventDefault();
        return;
      }
      event.preventDefault();
      if (target.matches("textarea, select, input:not([type=radio])")) return void target.focus();
      // What is open stays open: the press leads into it.
      if (!target.matches("details:not(.hk-menu)[open] > summary")) target.click();
      enter(target);
      // A choice of the composer: on to its text.
      target.closest(".hk-compose")?.querySelector(`.hk-compose-pane.is-${target.value} textarea`)?.focus();
    }
  });
}
