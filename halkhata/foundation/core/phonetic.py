"""A key for names that sound alike, across Bengali and Latin letters: Rahim, Raheem, রহিম and রহীম share one.

The key is a skeleton of consonant classes (capability A56.4). Vowels go, for they are what people spell differently;
aspirated letters join their plain sisters (Akter, Akhter), ব ভ v bh are one, so are শ ষ স s sh and জ ঝ z j. It is made
to find candidates, not to prove that two names are equal: rank what it finds by the true spelling.
"""

import re
from functools import lru_cache

from halkhata.foundation.core.text import clean_text, search_key

# One letter for each class; "a" stands for any vowel that begins a word.
_BENGALI_CONSONANTS = {
    **dict.fromkeys("কখ", "k"),
    **dict.fromkeys("গঘ", "g"),
    **dict.fromkeys("চ", "c"),
    **dict.fromkeys("জঝয", "j"),
    **dict.fromkeys("টঠতথৎ", "t"),
    **dict.fromkeys("ডঢদধ", "d"),
    **dict.fromkeys("নণঙঞং", "n"),
    **dict.fromkeys("প", "p"),
    **dict.fromkeys("ফ", "f"),
    **dict.fromkeys("বভ", "b"),
    **dict.fromkeys("ম", "m"),
    **dict.fromkeys("রৰ", "r"),
    **dict.fromkeys("ল", "l"),
    # ছ mostly writes an Arabic s in names of Bangladesh (ছালাম, মোছাম্মৎ), so it goes with s and not with চ.
    **dict.fromkeys("শষসছ", "s"),
    **dict.fromkeys("হ", "h"),
}
_NUKTA = "\u09bc"
_HASANTA = "\u09cd"
# With the dot below a letter is another one. NFC always splits ড় ঢ় য় into these two characters.
_BENGALI_DOTTED = {"ড": "r", "ঢ": "r", "য": ""}
_BENGALI_VOWELS = frozenset("অআইঈউঊএঐওঔ")
_BENGALI_VOWEL_SIGNS = frozenset("ািীুূেৈোৌৗ")
_BENGALI_VOCALIC_R = frozenset("ঋৃৠৄ")
# Conjuncts that do not sound like the sum of their letters, longest first.
_BENGALI_CLUSTERS = (
    ("ক্ষ", "k"),
    ("জ্ঞ", "g"),
    ("ঙ্গ", "n"),
    ("ংগ", "n"),
)
# After these letters a ব joined below is silent (বিশ্বাস is heard "bishshash"); after ম, ল, র and ব it is spoken.
_SILENT_BO_AFTER = frozenset("শষসতথদধজনগকচট")

# Latin spellings, longest first. "" says that the letters are a vowel or a glide.
_LATIN_SPELLINGS = (
    ("tch", "c"), ("cch", "c"), ("chh", "s"), ("kkh", "k"), ("ksh", "k"), ("ngg", "n"),
    ("kh", "k"), ("gh", "g"), ("ch", "c"), ("jh", "j"), ("th", "t"), ("dh", "d"), ("ph", "f"),
    ("bh", "b"), ("sh", "s"), ("ck", "k"), ("ng", "n"), ("ce", "s"), ("ci", "s"), ("cy", "s"),
    ("b", "b"), ("c", "k"), ("d", "d"), ("f", "f"), ("g", "g"), ("h", "h"), ("j", "j"), ("k", "k"),
    ("l", "l"), ("m", "m"), ("n", "n"), ("p", "p"), ("q", "k"), ("r", "r"), ("s", "s"), ("t", "t"),
    ("v", "b"), ("x", "ks"), ("z", "j"),
    ("a", ""), ("e", ""), ("i", ""), ("o", ""), ("u", ""), ("w", ""), ("y", ""),
)  # fmt: skip
_LATIN_SPELLING = re.compile("|".join(spelling for spelling, _ in _LATIN_SPELLINGS))
_LATIN_CLASSES = dict(_LATIN_SPELLINGS)

# How names are shortened on forms and signboards, after search_key (which drops the final ঃ).
_SHORT_FORMS = {
    **dict.fromkeys(("md", "mohd", "muhd", "মো", "মোহা", "মুহা", "মোহাং", "মোং"), "mhmd"),
    **dict.fromkeys(("mst", "mosa", "mosat", "মোসা", "মোছা"), "msmt"),
    **dict.fromkeys(("আ",), "abdl"),
}

# A ya-phala after র needs a joiner (র‍্যাব) to differ from reph and য (সূর্য); read it before the joiners go.
_RA_YA_PHALA = re.compile("র[\u200c\u200d]্য")

_VOWEL = ""  # an item of the sound list that is no consonant; it keeps two equal consonants apart


def phonetic_key(word: str | None) -> str:
    """Return the sound key of ``word``, in lower-case ASCII for Bengali and Latin letters; "" when nothing sounds.

    Several words give several keys with a space between. Digits, and letters of other scripts, stay as they are. Never
    raises.
    """
    # Only what holds a joiner can hold the pattern.
    joined = word is not None and ("\u200d" in word or "\u200c" in word)
    text = _RA_YA_PHALA.sub("র", clean_text(word)) if joined else word
    return " ".join(key for key in map(_word_key, search_key(text).split()) if key)


# Names are made of few words: of a list of a million, most were met before.
@lru_cache(maxsize=20_000)
def _word_key(word: str) -> str:
    if word in _SHORT_FORMS:
        return _SHORT_FORMS[word]
    sounds = _sounds(word)
    key = ["a"] if sounds and sounds[0] == _VOWEL else []
    previous = _VOWEL
    for sound in sounds:
        if sound != _VOWEL and sound != previous:
            key.append(sound)
        previous = sound
    # A final h is not heard and often not written: Abdulla, Abdullah, আবদুল্লাহ.
    if len(key) > 2 and key[-1] == "h":
        key.pop()
    return "".join(key)


def _sounds(word: str) -> list[str]:
    """The consonant classes of ``word`` in order, with ``_VOWEL`` wherever a vowel or glide is spoken."""
    sounds: list[str] = []
    position = 0
    while position < len(word):
        latin = _LATIN_SPELLING.match(word, position)
        if latin:
            sounds.append(_LATIN_CLASSES[latin.group()])
            position = latin.end()
        else:
            position = _read_bengali(word, position, sounds)
    return sounds


def _read_bengali(word: str, position: int, sounds: list[str]) -> int:
    """Add the sound at ``position`` to ``sounds`` and return the position after it."""
    for cluster, sound in _BENGALI_CLUSTERS:
        if word.startswith(cluster, position):
            sounds.append(sound)
            return _after_consonant(word, position + len(cluster), sounds)
    letter = word[position]
    following = word[position + 1 : position + 2]
    if following == _NUKTA and letter in _BENGALI_DOTTED:
        sounds.append(_BENGALI_DOTTED[letter])
        return _after_consonant(word, position + 2, sounds)
    if letter in _BENGALI_CONSONANTS:
        if _is_silent_below(word, position):
            sounds.append(_VOWEL)
        else:
            sounds.append(_BENGALI_CONSONANTS[letter])
        return _after_consonant(word, position + 1, sounds)
    if letter in _BENGALI_VOCALIC_R:
        sounds.extend(("r", _VOWEL))
    elif letter in _BENGALI_VOWELS or letter in _BENGALI_VOWEL_SIGNS:
        sounds.append(_VOWEL)
    elif letter.isalnum():
        sounds.append(letter)
    return position + 1


def _is_silent_below(word: str, position: int) -> bool:
    """True for a ya-phala (but not the য of reph + য) and for a silent ব-phala."""
    if position < 2 or word[position - 1] != _HASANTA:
        return False
    above = word[position - 2]
    return (word[position] == "য" and above != "র") or (word[position] == "ব" and above in _SILENT_BO_AFTER)


def _after_consonant(word: str, position: int, sounds: list[str]) -> int:
    """A consonant carries its own vowel unless a hasanta takes it away; ং and ৎ never carry one, which does no harm."""
    if word[position : position + 1] == _HASANTA:
        return position + 1
    sounds.append(_VOWEL)
    return position
