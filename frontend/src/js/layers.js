// What opens over the page: the drawer on a phone, menus (<details>), dialogs (<dialog>).

/** The navigation drawer. Without this script the link #hk-side opens it through :target. */
export function startDrawer() {
  const side = document.getElementById("hk-side");
  if (!side) return;
  const narrow = matchMedia("(max-width: 61.99rem)");
  let opener = null;
  const set = (open) => {
    side.classList.toggle("is-open", open);
    document.querySelector(".hk-main")?.toggleAttribute("inert", open && narrow.matches);
    document.querySelector(".hk-bottom")?.toggleAttribute("inert", open && narrow.matches);
    for (const link of document.querySelectorAll('[href="#hk-side"]')) link.setAttribute("aria-expanded", String(open));
    if (open) side.querySelector("a[href]")?.focus();
    else opener?.focus();
  };
  document.addEventListener("click", (event) => {
    const open = event.target.closest('[href="#hk-side"]');
    if (open) {
      event.preventDefault();
      opener = open;
      set(true);
    } else if (event.target.closest("[data-close-side]") && side.classList.contains("is-open")) {
      event.preventDefault();
      set(false);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && side.classList.contains("is-open")) set(false);
  });
  narrow.addEventListener("change", () => set(false));
}

/** <details class="hk-menu">: one open at a time, closed by Escape, by a click outside and when the focus leaves. */
export function startMenus() {
  const close = (except) => {
    for (const menu of document.querySelectorAll("details.hk-menu[open]")) if (menu !== except) menu.open = false;
  };
  document.addEventListener("click", (event) => close(event.target.closest("details.hk-menu")));
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details.hk-menu[open]");
    if (!menu) return;
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const items = [...menu.querySelectorAll(".hk-menu-item")];
      const at = items.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      items[(at + items.length) % items.length]?.focus();
      event.preventDefault();
    }
  });
  document.addEventListener("focusin", (event) => close(event.target.closest("details.hk-menu")));
}

/** [data-dialog="id"] opens that <dialog>; [data-close-dialog] and a press beside it close it. */
export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog?.showModal) {
        event.preventDefault();
        dialog.showModal();
      }
    } else if (event.target.closest("[data-close-dialog]") || event.target.matches?.("dialog.hk-dialog")) {
      event.target.closest("dialog")?.close();
    }
  });
}
