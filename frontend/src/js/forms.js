// Forms: one press sends once; a filter form sends itself when a choice changes.

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll(".is-busy")) {
    button.classList.remove("is-busy");
    button.removeAttribute("aria-disabled");
  }
}

export function startForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get" && !form.dataset.once) return;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sent = "1";
    // Not `disabled`: the pressed button's name and value must still be sent.
    const button = event.submitter ?? form.querySelector("button[type=submit], button:not([type])");
    button?.classList.add("is-busy");
    button?.setAttribute("aria-disabled", "true");
    // A cancelled submit (another script, a failed check) must not lock the form.
    setTimeout(() => event.defaultPrevented && !form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]") && release(form));
  }, true);
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });
  // Back and forward show the page as it was left: the button must be alive again.
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-autosubmit]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });
  // Empty choices stay out of the address.
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("form[data-autosubmit], form.hk-filters")) return;
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}
