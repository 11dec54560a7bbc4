// The meter under a field whose text goes as SMS: parts, room in the last one, price. The server wrote it for what the
// field held; this keeps it true while somebody types. The rules are those of texting/segments.py, and a test
// holds the two together. Words and the price stand on the meter itself.
import { digits } from "./words.js";

const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿" +
    "abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENDED = new Set("^{}\\[~]|€\f");
const LATIN = { whole: 160, part: 153 };
const OTHER = { whole: 70, part: 67 };

/** The text as it is sent: tidy lines, NFC, and then ড়, ঢ় and য় in one piece, since each then costs one unit. */
export function smsForm(text) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n").map((line) => line.replace(/[\s\u00a0]+$/u, ""));
  return lines
    .join("\n")
    .trim()
    .normalize("NFC")
    .replaceAll("\u09a1\u09bc", "\u09dc")
    .replaceAll("\u09a2\u09bc", "\u09dd")
    .replaceAll("\u09af\u09bc", "\u09df");
}

/** {latin, units, parts, room} of a text. Neither an escape sequence nor a surrogate pair is cut. */
export function smsSize(text) {
  const letters = Array.from(text);
  const latin = letters.every((letter) => BASIC.has(letter) || EXTENDED.has(letter));
  const { whole, part } = latin ? LATIN : OTHER;
  const widths = letters.map((letter) => (latin ? (EXTENDED.has(letter) ? 2 : 1) : letter.length));
  const units = widths.reduce((sum, width) => sum + width, 0);
  if (units <= whole) return { latin, units, parts: letters.length ? 1 : 0, room: whole - units };
  let parts = 1;
  let left = part;
  for (const width of widths) {
    if (width > left) {
      parts += 1;
      left = part;
    }
    left -= width;
  }
  return { latin, units, parts, room: Math.max(0, parts * part - units) };
}

function show(meter, text) {
  const size = smsSize(smsForm(text));
  const set = (name, words) => {
    const place = meter.querySelector(`[data-sms-${name}]`);
    if (place && place.textContent !== words) place.textContent = words;
  };
  const { one, many, room, latin, other, price, money } = meter.dataset;
  set("parts", (size.parts === 1 ? one : many).replace("{}", digits(size.parts)));
  set("room", room.replace("{}", digits(size.room)));
  set("letters", size.latin ? latin : other);
  if (price) {
    const amount = (Number(price) * size.parts).toFixed(2).replace(/\.00$/, "");
    set("price", money.replace("{}", digits(amount)));
  }
}

export function startSmsMeters() {
  document.addEventListener("input", (event) => {
    const id = event.target.id;
    const meter = id && document.querySelector(`[data-sms-meter="${CSS.escape(id)}"]`);
    if (meter) show(meter, event.target.value);
  });
}
