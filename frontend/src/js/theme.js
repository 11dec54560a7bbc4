// Theme: auto, light or dark, kept in the cookie `theme`, which the server reads, so that no page flashes.
export function startTheme() {
  const root = document.documentElement;
  const show = () => {
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === root.dataset.bsTheme));
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    const choice = button.dataset.themeChoice;
    root.dataset.bsTheme = choice;
    document.cookie = `theme=${choice};path=/;max-age=31536000;samesite=lax`;
    show();
  });
  show();
}
