// A list below a text field while one writes: "/" at the beginning of a line of an answer offers ready-made answers,
// "@" in a note the colleagues who may see the ticket. The field names the address that answers with the options:
// data-canned, data-people. Arrow keys move, Enter and Tab take, Escape closes. Without this script both can be typed.
const TRIGGERS = [
  { data: "canned", pattern: /(?:^|\n)\/([^\n/]{0,40})$/, keep: 1 },
  { data: "people", pattern: /(?:^|[^\w.@+-])@([^\s@]{0,40})$/, keep: 1 },
];

let box = null;
let field = null;
let found = null;
let asked = 0;
let timer = 0;

function close() {
  clearTimeout(timer);
  asked += 1;
  box?.remove();
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
  box = field = found = null;
}

/** What is being typed before the cursor, if it asks for a list: where it begins and the words so far. */
function trigger(area) {
  if (area.selectionStart !== area.selectionEnd) return null;
  const before = area.value.slice(0, area.selectionStart);
  for (const { data, pattern } of TRIGGERS) {
    const url = area.dataset[data];
    const match = url && pattern.exec(before);
    if (match) return { url, words: match[1], from: before.length - match[1].length - 1 };
  }
  return null;
}

async function ask(area, wanted) {
  const turn = ++asked;
  const url = new URL(wanted.url, location.href);
  url.searchParams.set("part", "1");
  url.searchParams.set("q", wanted.words);
  let answer;
  try {
    answer = await fetch(url, { headers: { Accept: "text/html" } });
  } catch {
    return;
  }
  if (turn !== asked || !answer.ok || answer.redirected) return;
  const options = await answer.text();
  if (turn !== asked) return;
  if (!box) {
    box = document.createElement("ul");
    box.className = "hk-pick";
    box.id = "hk-pick";
    box.setAttribute("role", "listbox");
    box.setAttribute("aria-label", area.dataset.pickLabel ?? "");
    area.after(box);
  }
  field = area;
  found = wanted;
  box.innerHTML = options;
  area.setAttribute("aria-controls", "hk-pick");
  mark(0);
  // The whole list, not its first line alone; after mark(), whose own scrolling would end this one.
  box.scrollIntoView({ block: "nearest" });
}

const choices = () => [...(box?.querySelectorAll("[data-insert]") ?? [])];

function mark(place) {
  const all = choices();
  if (!all.length) return field?.removeAttribute("aria-activedescendant");
  const at = (place + all.length) % all.length;
  all.forEach((one, i) => one.setAttribute("aria-selected", String(i === at)));
  all[at].scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", all[at].id);
}

function take(option) {
  const area = field;
  const { from } = found;
  const until = area.selectionStart;
  close();
  area.focus();
  area.setRangeText(option.dataset.insert, from, until, "end");
  if (option.dataset.cannedId && area.form) {
    const kept = document.createElement("input");
    kept.type = "hidden";
    kept.name = "canned";
    kept.value = option.dataset.cannedId;
    area.form.append(kept);
    const state = area.form.elements.next_state;
    if (option.dataset.state && state && [...state.options].some((one) => one.value === option.dataset.state)) {
      state.value = option.dataset.state;
    }
  }
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

export function startPicker() {
  document.addEventListener("input", (event) => {
    const area = event.target;
    if (!area.matches?.("textarea[data-canned], textarea[data-people]")) return;
    const wanted = trigger(area);
    clearTimeout(timer);
    if (!wanted) return void (box && close());
    timer = setTimeout(() => ask(area, wanted), 150);
  });
  document.addEventListener("keydown", (event) => {
    if (!box || event.target !== field || event.isComposing) return;
    const all = choices();
    const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && all.length && !event.ctrlKey && !event.metaKey) {
      take(all[Math.max(at, 0)]);
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  // Before the field loses the focus.
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest?.(".hk-pick [data-insert]");
    if (!option) return;
    event.preventDefault();
    take(option);
  });
  document.addEventListener("focusout", (event) => event.target === field && close());
  // The button beside the field writes the "/" itself.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-open-canned]");
    const area = opener?.closest("form")?.querySelector("textarea[data-canned]");
    if (!area) return;
    event.preventDefault();
    area.focus();
    const end = area.value.length;
    area.setRangeText(area.value && !area.value.endsWith("\n") ? "\n/" : "/", end, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
