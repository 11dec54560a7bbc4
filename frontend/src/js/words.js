// Words and digits for what scripts write. The server put the words, already translated, on #hk-words.
const holder = document.getElementById("hk-words");
const BENGALI = "০১২৩৪৫৬৭৮৯";

/** A word by its data name; "" where the page has none. `{}` in it is replaced by `value`. */
export function word(name, value) {
  const text = holder?.dataset[name] ?? "";
  return value === undefined ? text : text.replace("{}", value);
}

/** A whole number in the reader's digits. */
export function digits(number) {
  const text = String(number);
  if (document.documentElement.dataset.digits !== "bengali") return text;
  return text.replace(/[0-9]/g, (digit) => BENGALI[digit]);
}
