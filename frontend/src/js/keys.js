// Keyboard: "/" goes to the search box, "?" shows the keys, and [data-key="x"] on a link or button answers to x.
const typing = (element) => element?.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      // Ctrl+Enter sends the form one is writing in.
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
        event.target.form?.requestSubmit();
      }
      return;
    }
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      const box = document.querySelector(".hk-search input");
      if (!box) return;
      event.preventDefault();
      box.focus();
      box.select();
    } else if (event.key === "?") {
      document.getElementById("hk-keys")?.showModal();
    } else if (/^[a-z0-9]$/i.test(event.key)) {
      const target = document.querySelector(`[data-key="${event.key.toLowerCase()}"]`);
      if (!target) return;
      event.preventDefault();
      if (target.matches("textarea, select, input:not([type=radio])")) return void target.focus();
      target.click();
      // A choice of the composer: on to its text.
      target.closest(".hk-compose")?.querySelector(`.hk-compose-pane.is-${target.value} textarea`)?.focus();
    }
  });
}
