"""The one gate for text: whatever a person types, pastes or mails in passes here before it is stored or searched.

Two functions matter. ``clean_text`` makes text fit to store and loses no meaning; ``search_key`` folds it so that the
different ways of typing the same words become one (bangladesh.md C2, capability A56.4).
"""

import re
import unicodedata
from functools import lru_cache

_JOINERS = "\u200c\u200d"  # zero-width non-joiner, zero-width joiner
_ZWJ = "\u200d"
_VIRAMA_CLASS = 9  # canonical combining class of hasanta and its sisters in other Indic scripts

_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_OTHER_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_JOINER_RUN = re.compile(f"[{_JOINERS}]+")

# Characters that show nothing and only harm: C0 and C1 controls (PostgreSQL refuses NUL), soft hyphen, direction marks
# and overrides (they can make a name read backwards), zero-width space, byte order mark, invisible operators,
# interlinear marks, lone surrogates (cannot be encoded), non-characters and the invisible tag letters.
_INVISIBLE_RANGES = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0001\U000e0020-\U000e007f"
)
_INVISIBLE = re.compile(f"[{_INVISIBLE_RANGES}]")

# Pairs that look right but are another spelling of one letter. NFC does not know them: they are in Unicode's list of
# sequences not to use (DoNotEmit.txt), or come from Bijoy converters that write the two halves of a vowel in reverse.
_BENGALI_PAIRS = {
    "\u0985\u09be": "\u0986",  # অ + া -> আ
    "\u09be\u09c7": "\u09cb",  # া + ে -> ো
    "\u09d7\u09c7": "\u09cc",  # ৗ + ে -> ৌ
}
_BENGALI_PAIR = re.compile("|".join(_BENGALI_PAIRS))

_OLD_KHANDA_TA = "\u09a4\u09cd\u200d"  # how ৎ was written before Unicode 4.1
_KHANDA_TA = "\u09ce"
# Where none of these stands, text in its composed form is clean but for its spaces.
_UNUSUAL = re.compile(f"[{_INVISIBLE_RANGES}{_JOINERS}\r\x0b\x0c\x85\u2028\u2029]|{_BENGALI_PAIR.pattern}")
_FINAL_VISARGA = re.compile(r"\u0983+(?=\s|$)")
_LATIN_ACCENTS = re.compile("[\u0300-\u036f]")

_TO_ASCII_DIGITS = {0x09E6 + digit: str(digit) for digit in range(10)}
_TO_BENGALI_DIGITS = {ord("0") + digit: chr(0x09E6 + digit) for digit in range(10)}


def clean_text(value: str | None, *, multiline: bool = False, max_length: int | None = None) -> str:
    """Return ``value`` fit to store: NFC, without invisible characters, with tidy spaces; ``None`` gives "".

    Joiners stay where Bengali shaping (র‍্যাব, পঙ্‌ক্তি) or another script needs them and go elsewhere. On a single line
    all white space becomes one space; with ``multiline`` lines are kept and end in "\\n". Text longer than
    ``max_length`` characters is cut, never between a letter and its marks. Cleaning twice changes nothing.
    """
    if not value:
        return ""
    if value.isascii() and value.isprintable():
        text = value.strip() if multiline else " ".join(value.split())
    elif not multiline and not _UNUSUAL.search(composed := unicodedata.normalize("NFC", value)):
        text = " ".join(composed.split())
    else:
        text = _INVISIBLE.sub("", _LINE_BREAKS.sub("\n", value))
        # Joiners before spaces: a dropped joiner may leave two spaces side by side.
        text = _drop_stray_joiners(_compose(text))
        text = _tidy_lines(text) if multiline else " ".join(text.split())
    if max_length is not None and len(text) > max_length:
        text = _drop_stray_joiners(_cut(text, max_length)).strip()
    return text


def search_key(value: str | None) -> str:
    """Return the folded form of ``value`` used on both sides of a search; equal keys mean "the same words".

    On top of ``clean_text``: no joiners, ASCII digits, case folded, Latin accents dropped (Bengali marks are kept),
    full-width forms made plain, punctuation and symbols turned to spaces, and the silent ঃ at the end of a word
    dropped, so that মোঃ, মো: and মো. are one. Folding twice changes nothing.
    """
    if not value:
        return ""
    # A name that is written down is folded for its words, its sound, its text and its comparison.
    return _fold_lately(value) if len(value) <= _SHORT else _fold(value)


def _fold(value: str) -> str:
    text = clean_text(value)
    if not text:
        return ""
    if text.isascii():
        return " ".join(text.casefold().translate(_PUNCTUATION_TO_SPACE).split())
    text = plain_letters(text).translate(_PUNCTUATION_TO_SPACE)
    return " ".join(_FINAL_VISARGA.sub("", text).split())


def plain_letters(text: str) -> str:
    """Clean ``text`` with one spelling of each letter: no joiners, no capitals, no accents on Latin, no wide forms."""
    text = _JOINER_RUN.sub("", text.replace(_OLD_KHANDA_TA, _KHANDA_TA))
    # Twice, as the Unicode standard asks for compatibility caseless matching (chapter 3.13, D146).
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text).casefold()
    return _compose(_LATIN_ACCENTS.sub("", unicodedata.normalize("NFKD", text)))


_SHORT = 100
_fold_lately = lru_cache(maxsize=8_192)(_fold)


def search_words(value: str | None) -> list[str]:
    """Return the words of ``search_key(value)``, in order."""
    return search_key(value).split()


def fold_digits(value: str) -> str:
    """Return ``value`` with Bengali digits as ASCII digits; everything else stays."""
    return value.translate(_TO_ASCII_DIGITS)


def to_bengali_digits(value: str) -> str:
    """Return ``value`` with ASCII digits as Bengali digits; everything else stays."""
    return value.translate(_TO_BENGALI_DIGITS)


def _compose(text: str) -> str:
    """NFC, then the pairs NFC does not know. Neither step can undo the other."""
    text = unicodedata.normalize("NFC", text)
    if not _BENGALI_PAIR.search(text):
        return text
    return unicodedata.normalize("NFC", _BENGALI_PAIR.sub(lambda pair: _BENGALI_PAIRS[pair.group()], text))


def _drop_stray_joiners(text: str) -> str:
    if _ZWJ not in text and "\u200c" not in text:
        return text
    return _compose(_JOINER_RUN.sub(_needed_joiner, text))


def _needed_joiner(run: re.Match[str]) -> str:
    """Keep one joiner of a run when it stands between two characters it can shape, else none."""
    joiner = run.group()[0]
    before = run.string[run.start() - 1] if run.start() else ""
    after = run.string[run.end()] if run.end() < len(run.string) else ""
    if _can_join(before) and _can_join(after):
        return joiner
    if joiner == _ZWJ and before and unicodedata.combining(before) == _VIRAMA_CLASS:
        return joiner  # a half letter at the end of a word, such as the old spelling of ৎ
    return ""


def _can_join(character: str) -> bool:
    """True for letters, marks and emoji beyond the Latin, Greek and Cyrillic blocks, where joiners mean nothing."""
    if not character or ord(character) < 0x0590:
        return False
    category = unicodedata.category(character)
    return category[0] in "LM" or category in ("So", "Sk")


def _tidy_lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in _OTHER_SPACES.sub(" ", text).split("\n")).strip()


def _cut(text: str, max_length: int) -> str:
    """The first ``max_length`` characters, or a few less so that no letter loses its marks or its conjunct."""
    end = max_length
    while end > 0 and (
        unicodedata.category(text[end])[0] == "M"
        or text[end] in _JOINERS
        or text[end - 1] in _JOINERS
        or unicodedata.combining(text[end - 1]) == _VIRAMA_CLASS
    ):
        end -= 1
    return text[: end or max_length]


class _PunctuationTable(dict[int, int | str | None]):
    """A table for ``str.translate`` that fills itself: punctuation, symbols and spaces to a space, digits to ASCII."""

    def __missing__(self, code: int) -> int | str | None:
        character = chr(code)
        category = unicodedata.category(character)
        result: int | str | None
        if category == "Nd":
            result = str(unicodedata.decimal(character))
        elif category[0] in "PSZ" or character.isspace():
            result = " "
        elif category in ("Cf", "Cc", "Cs") or 0xFE00 <= code <= 0xFE0F:
            result = None
        else:
            result = code
        self[code] = result
        return result


_PUNCTUATION_TO_SPACE = _PunctuationTable()
