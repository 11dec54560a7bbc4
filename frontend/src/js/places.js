// Where one is stays in sight: the present page in a long navigation, the present choice in a strip of choices, and the
// field to begin with in a form: in one that came back with a fault, and in one that comes into an open dialog.

/** Scroll `box` alone, never the page, until `one` stands in its middle. */
function centre(box, one) {
  const inside = one.getBoundingClientRect();
  const around = box.getBoundingClientRect();
  if (inside.top < around.top || inside.bottom > around.bottom) {
    box.scrollTop += inside.top - around.top - (box.clientHeight - inside.height) / 2;
  }
  if (inside.left < around.left || inside.right > around.right) {
    box.scrollLeft += inside.left - around.left - (box.clientWidth - inside.width) / 2;
  }
}

function showPresent() {
  for (const box of document.querySelectorAll(".hk-side, .hk-chips")) {
    const present = box.querySelector("[aria-current]:not([lang])");
    if (present) centre(box, present);
  }
}

export function startPlaces() {
  showPresent();
  // A form that came back: the cursor stands in the first field that asks for something, not in the first of all.
  document.querySelector('main form [aria-invalid="true"]')?.focus();
  document.addEventListener("hk:refreshed", showPresent);
  document.addEventListener("htmx:after:swap", () => {
    const dialog = document.querySelector("dialog[open]");
    // Only from the button that closes it: nobody is taken out of a field.
    if (!dialog || !document.activeElement?.matches("[data-close-dialog], dialog, body")) return;
    const field = "select, textarea, input:not([type=hidden]):not([type=checkbox]):not([type=radio])";
    [...dialog.querySelectorAll(field)].find((one) => one.offsetParent)?.focus();
  });
}
