"""Text typed for the font SutonnyMJ (Bijoy keyboard): Latin letters that only look Bengali in that font.

``looks_bijoy`` tells such text from English, ``bijoy_to_unicode`` makes Bengali of it (A56.17, bangladesh.md C2). The
font writes vowels that stand before their consonant first and the ref last, so letters are put in order afterwards.
"""

import re
import unicodedata
from collections.abc import Iterable

_REF = "\ue000"  # the ref (র্ over a letter), until it is known over which cluster it stands

_LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ_`abcdefghijklmnopqrstuvwxyz~",
        ["অ", "ই", "ঈ", "উ", "ঊ", "ঋ", "এ", "ঐ", "ও", "ঔ", "ক", "খ", "গ", "ঘ", "ঙ", "চ", "ছ", "জ", "ঝ",
         "ঞ", "ট", "ঠ", "ড", "ঢ", "ণ", "ত", "থ", "দ", "ধ", "ন", "প", "ফ", "ব", "ভ", "ম", "য", "র", "ল",
         "শ", "ষ", "স", "হ", "ড়", "ঢ়", "য়", "ৎ", "ং", "ঃ", "ঁ", "া", "ি", "ী", "ু", "ু", "ূ"],
        strict=True,
    )
)  # fmt: skip
_SIGNS = {
    "ƒ": "ূ", "„": "ৃ", "…": "ৃ", "†": "ে", "‡": "ে", "ˆ": "ৈ", "‰": "ৈ", "Š": "ৗ", "æ": "ু", "“": "ু", "|": "।",
    "Ô": "‘", "Õ": "’", "Ò": "“", "Ó": "”", "Ñ": "-", "©": _REF, "&": "্",
    # halves that stand below or behind
    "ª": "্র", "«": "্র", "Ö": "্র", "¨": "্য", "¡": "্ব", "^": "্ব", "¦": "্ব", "Ÿ": "্ব", "¢": "্ভ", "£": "্ভ্র", "¥": "্ম",
    "§": "্ম", "¬": "্ল", "ø": "্ল", "œ": "্ন", "è": "্ণ", "ú": "্প", "‹": "্ক", "Œ": "্ক্র", "Í": "্ত", "—": "্ত", "–": "্ত",
    "‘": "্তু", "’": "্থ", "¿": "্ত্র",
    # halves that stand before
    "š": "ন্", "›": "ন্", "¯": "স্", "®": "ষ্", "¤": "ম্", "”": "চ্", "•": "ঙ্", "˜": "দ্", "™": "দ্", "Ž": "ব্",
}  # fmt: skip
_CONJUNCTS = {
    "°": "ক্ক", "±": "ক্ট", "²": "ক্ষ্ম", "³": "ক্ত", "´": "ক্ম", "µ": "ক্র", "¶": "ক্ষ", "ÿ": "ক্ষ", "·": "ক্স", "¸": "গু",
    "»": "গ্ধ", "¼": "ঙ্ক", "½": "ঙ্গ", "¾": "জ্জ", "À": "জ্ঝ", "Á": "জ্ঞ", "Â": "ঞ্চ", "Ã": "ঞ্ছ", "Ä": "ঞ্জ", "Å": "ঞ্ঝ",
    "Æ": "ট্ট", "Ç": "ড্ড", "È": "ণ্ট", "É": "ণ্ঠ", "Ê": "ণ্ড", "Ð": "ণ্ড", "Ë": "ত্ত", "Ì": "ত্থ", "Î": "ত্র", "Ï": "দ্দ",
    "×": "দ্ধ", "Ø": "দ্ব", "Ù": "দ্ম", "Ú": "ন্ঠ", "Û": "ন্ড", "Ü": "ন্ধ", "Ý": "ন্স", "Þ": "প্ট", "ß": "প্ত", "à": "প্প",
    "á": "প্স", "â": "ব্জ", "ã": "ব্দ", "ä": "ব্ধ", "å": "ভ্র", "ç": "ম্ফ", "é": "ল্ক", "ê": "ল্গ", "ë": "ল্ট", "ì": "ল্ড",
    "í": "ল্প", "î": "ল্ফ", "ï": "শু", "ð": "শ্চ", "ò": "ষ্ণ", "ó": "ষ্ট", "ô": "ষ্ঠ", "õ": "ষ্ফ", "ö": "স্খ", "÷": "স্ট",
    "ù": "স্ফ", "û": "হু", "ü": "হৃ", "ý": "হ্ন", "þ": "হ্ম",
}  # fmt: skip
_TABLE = str.maketrans({**_LETTERS, **_SIGNS, **_CONJUNCTS})

_CONSONANT = "[ক-হড়ঢ়য়ৎ]\u09bc?"
_CLUSTER = rf"{_CONSONANT}(?:্{_CONSONANT})*"
_VOWEL_BEFORE = re.compile(rf"([িেৈ])({_CLUSTER})({_REF}?)")
_REF_AFTER = re.compile(rf"({_CLUSTER})([ািীুূৃেৈোৌৗঁ]*){_REF}")
_NASAL_BEFORE_VOWEL = re.compile("ঁ([ািীুূৃেৈোৌৗ])")

_BENGALI = re.compile("[\u0980-\u09ff]")
_LETTER = re.compile(r"[^\W\d_]|[†‡ˆ‰Š„…~`©¨ª«¯®¶µ¸»½¼¾¿°±²³¥¤¡¢£¦§¬ƒÖ×•™›š]")
_ENGLISH_VOWELS = frozenset("aeiouAEIOU")
# In Bijoy the vowel signs া ি ী ু, a third of all letters; in English and in names written in English rare ones.
_BIJOY_VOWELS = frozenset("vwxz~†‡ˆ‰")
# Nobody types these into a name otherwise.
_SURE = frozenset("†‡ˆ‰©¨ª«¯®¶µ¸»½¼¾¿°±²³¥¤¡¢£¦§¬Š„")
_LEAST_BESIDE_BENGALI = 12
# Half letters and vowel signs that stand in no name of a person or firm, not even by a slip.
_CERTAIN = frozenset("†‡¨ª«¯¤¬")


def bijoy_to_unicode(text: str) -> str:
    """The text in Unicode (NFC). Digits and spaces stay; what holds Bengali letters already comes back as it is."""
    if not text or _BENGALI.search(text):
        return text
    # Two halves that meet bring a hasanta each.
    made = unicodedata.normalize("NFC", text.translate(_TABLE)).replace("\u09cd\u09cd", "\u09cd")
    made = _VOWEL_BEFORE.sub(lambda part: f"{'র্' if part.group(3) else ''}{part.group(2)}{part.group(1)}", made)
    made = _REF_AFTER.sub(r"র্\1\2", made).replace(_REF, "র্")
    made = _NASAL_BEFORE_VOWEL.sub(r"\1ঁ", made)
    # ে and া around a letter are one sign, as are ে and ৗ; অ with া is আ.
    return unicodedata.normalize("NFC", made).replace("অা", "আ")


def looks_bijoy(texts: Iterable[str]) -> bool:
    """Whether these texts (the cells of a column) are Bijoy: told from how often its vowel signs and ours occur.

    Cells in Bengali say nothing: many a list was begun in one way and went on in the other. Beside them more must speak
    for Bijoy than one short word.
    """
    letters = english = bijoy = sure = 0
    least = 3
    for text in texts:
        if _BENGALI.search(text):
            least = _LEAST_BESIDE_BENGALI
            continue
        for letter in _LETTER.findall(text):
            letters += 1
            english += letter in _ENGLISH_VOWELS
            bijoy += letter in _BIJOY_VOWELS
            sure += letter in _SURE
    if letters < least:
        return False
    if sure * 50 >= letters and (bijoy + sure) * 8 >= letters:
        return True
    if least == _LEAST_BESIDE_BENGALI and bijoy * 4 >= letters and english * 5 <= letters * 2:
        # Addresses ("evRvi cvov") are full of e, i and o, which are consonants there.
        return True
    return bijoy * 6 >= letters and english * 10 <= letters * 3 and bijoy * 2 >= english


def is_surely_bijoy(text: str) -> bool:
    """Whether one cell alone is Bijoy beyond doubt, in a column that otherwise is not."""
    return not _CERTAIN.isdisjoint(text) and looks_bijoy([text])


def from_bijoy(cell: str) -> str:
    """One cell of a column in Bijoy, made readable; a name written in English among them stays as it is."""
    return cell if _reads_as_english(cell) else bijoy_to_unicode(cell)


def _reads_as_english(cell: str) -> bool:
    letters = _LETTER.findall(cell)
    if len(letters) < 4 or not cell.isascii() or "`" in cell or "~" in cell:
        return False
    english = sum(letter in _ENGLISH_VOWELS for letter in letters)
    bijoy = sum(letter in _BIJOY_VOWELS for letter in letters)
    # Hardly a word of Bijoy is without one of its vowel signs, hardly one of English without vowels.
    return english * 5 >= len(letters) if not bijoy else bijoy * 8 < len(letters) and english * 5 >= len(letters) * 2
