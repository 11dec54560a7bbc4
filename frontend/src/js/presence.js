// "Rafiq is also looking at this": a sign of life every 15 seconds from [data-presence="address"], whose answer names
// the others. Nothing is sent while the tab is hidden; leaving says so.
const EVERY = 15000;
const STILL_WRITING = 30000;

export function startPresence() {
  const place = document.querySelector("[data-presence]");
  if (!place) return;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  let typedAt = 0;
  let timer = 0;
  const send = (values, keepalive = false) =>
    fetch(place.dataset.presence, {
      method: "POST",
      keepalive,
      headers: { "X-CSRFToken": token, Accept: "text/html" },
      body: new URLSearchParams(values),
    });

  async function beat() {
    clearTimeout(timer);
    if (document.hidden) return;
    try {
      const answer = await send({ writing: Date.now() - typedAt < STILL_WRITING ? "1" : "0" });
      if (answer.ok && !answer.redirected) {
        const text = (await answer.text()).trim();
        if (place.innerHTML.trim() !== text) place.innerHTML = text;
      }
      if ([401, 403, 404].includes(answer.status) || answer.redirected) return; // nobody to show it to any more
    } catch {
      // the line is away; the next beat may get through
    }
    timer = setTimeout(beat, EVERY);
  }

  document.addEventListener("input", (event) => {
    if (!event.target.matches?.(".hk-compose textarea")) return;
    const first = Date.now() - typedAt >= STILL_WRITING;
    typedAt = event.target.value.trim() ? Date.now() : 0;
    if (first && typedAt) beat();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return void beat();
    clearTimeout(timer);
    send({ gone: "1" }, true).catch(() => {});
  });
  addEventListener("pagehide", () => document.hidden || send({ gone: "1" }, true).catch(() => {}));
  beat();
}
