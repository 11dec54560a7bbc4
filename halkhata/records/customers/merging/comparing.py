"""How much two people have in common, field by field, and what that says together.

The rule is that of Fellegi and Sunter (A Theory for Record Linkage, JASA 64, 1969): each field agrees on some level,
each level weighs some bits for or against one person, and the sum is the odds. Here the weights of all fields are
fitted together (weights.py). Strings are compared with rapidfuzz (Jaro-Winkler, optimal string alignment, ratios).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from halkhata.records.customers.merging.people import Person, is_bengali, national, sound_of_line
from halkhata.records.customers.merging.weights import PRIOR_BITS, WEIGHTS

# One letter in five may differ, but then not the first: Jamal and Kamal are two people. Where words were joined or torn
# apart, one letter in seven of the whole name.
WORD_ALIKE, NAME_ALIKE = 0.87, 85
# Sounds are short: one class of consonants more or less tells something from so many on only.
SOUND_LENGTH = 4
LINE_SAME, LINE_ALIKE = 92, 72
AREA_ALIKE = 0.88
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Reason:
    """One field of the comparison: on which level it agreed, and how many bits that is for (or against) one person."""

    field: str
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What speaks for and against two records being one person. ``score`` is the chance, from 0 to 1."""

    score: float
    reasons: tuple[Reason, ...]

    @property
    def percent(self) -> int:
        """The score in whole per cent, never rounded up to certainty."""
        return min(99, round(self.score * 100))


def compare(one: Person, other: Person) -> Comparison:
    """Compare two people. Fields that either of them lacks say nothing."""
    reasons = tuple(Reason(field, level, bits_of(field, level)) for field, level in levels(one, other))
    bits = PRIOR_BITS + sum(reason.bits for reason in reasons)
    return Comparison(chance(bits), reasons)


def chance(bits: float) -> float:
    """Log odds as a probability."""
    return 1 / (1 + 2 ** -max(-60.0, min(60.0, bits)))


def bits_of(field: str, level: str) -> float:
    """What a level of agreement weighs."""
    return WEIGHTS[field][level]


def levels(one: Person, other: Person) -> Iterator[tuple[str, str]]:
    """Each field both have, with the level on which it agrees."""
    for field, level in (
        ("name", _name(one, other)),
        ("phone", _phone(one, other)),
        ("email", _email(one, other)),
        ("line", _line(one.line, other.line)),
        ("place", _place(one, other)),
        ("identifier", _identifier(one, other)),
        # Another number says nothing: one person has several papers, and several units.
        ("paper", "same" if one.papers & other.papers else ""),
        ("unit", "same" if one.units & other.units else ""),
    ):
        if level:
            yield field, level


def _name(one: Person, other: Person) -> str:
    if not (one.names and other.names):
        return ""
    # One word is half a name: hundreds share it, whatever the spelling.
    is_short = min(len(one.sounds), len(other.sounds)) < 2
    if set(one.names) & set(other.names):
        return "part" if is_short else "same"
    shared = one.sounds & other.sounds
    if one.sounds and one.sounds == other.sounds:
        return "part" if is_short else "sound"
    near = _nearness(one, other)
    if near == "alike" and not is_short:
        return "alike"
    if near == "part" or (shared and (shared == one.sounds or shared == other.sounds)):
        return "part"
    return "some" if shared else "other"


def _nearness(one: Person, other: Person) -> str:
    """Whether the names are spelt almost the same, or one of them is a part of the other: by letters within one script,
    by sounds in any. "" when neither."""
    found = {_words_near(sorted(one.sounds), sorted(other.sounds), _sounds_alike)}
    for mine in one.names:
        for theirs in other.names:
            if is_bengali(mine) == is_bengali(theirs):
                found.add(_words_near(mine.split(), theirs.split(), _letters_alike))
    return "alike" if "alike" in found else "part" if "part" in found else ""


def _words_near(mine: list[str], theirs: list[str], alike: Callable[[str, str], bool]) -> str:
    alone, left = [word for word in mine if word not in theirs], [word for word in theirs if word not in mine]
    # Not a word too many: the same letters, torn apart otherwise.
    if alone and left and len(alone) != len(left) and fuzz.ratio("".join(alone), "".join(left)) >= NAME_ALIKE:
        return "alike"
    unpaired = min(_unpaired(alone, left, alike), _unpaired(left, alone, alike)[::-1], key=sum)
    if unpaired == (0, 0):
        return "alike"
    # Two words that agree, and one of the two has no more.
    return "part" if 0 in unpaired and min(len(mine), len(theirs)) > 1 else ""


def _unpaired(alone: list[str], left: list[str], alike: Callable[[str, str], bool]) -> tuple[int, int]:
    """How many words of each side find none like them on the other."""
    free = list(left)
    without = 0
    for word in alone:
        partner = next((other for other in free if alike(word, other)), None)
        if partner is None:
            without += 1
        else:
            free.remove(partner)
    return without, len(free)


def _letters_alike(mine: str, theirs: str) -> bool:
    return JaroWinkler.normalized_similarity(mine, theirs) >= WORD_ALIKE


def _sounds_alike(mine: str, theirs: str) -> bool:
    """Whether two sounds differ by h, which is often not heard, or by one consonant of several."""
    if mine.replace("h", "") == theirs.replace("h", ""):
        return True
    return (
        min(len(mine), len(theirs)) >= SOUND_LENGTH
        and mine[0] == theirs[0]
        and OSA.distance(mine, theirs, score_cutoff=1) <= 1
    )


def _phone(one: Person, other: Person) -> str:
    if not (one.phones and other.phones):
        return ""
    if set(one.phones) & set(other.phones):
        return "same"
    near = any(
        OSA.distance(national(mine), national(theirs), score_cutoff=1) <= 1
        for mine in one.phones
        for theirs in other.phones
    )
    return "near" if near else "other"


def _email(one: Person, other: Person) -> str:
    if not (one.emails and other.emails):
        return ""
    if set(one.emails) & set(other.emails):
        return "same"
    for mine in one.emails:
        for theirs in other.emails:
            if mine.partition("@")[0] == theirs.partition("@")[0] or OSA.distance(mine, theirs, score_cutoff=1) <= 1:
                return "near"
    return "other"


def _line(mine: str, theirs: str) -> str:
    """House, road and village: compared by sound when one is in Bengali letters and the other is not."""
    if not (mine and theirs):
        return ""
    if is_bengali(mine) != is_bengali(theirs):
        mine, theirs = sound_of_line(mine), sound_of_line(theirs)
    ratio = fuzz.token_sort_ratio(mine, theirs, score_cutoff=LINE_ALIKE)
    if not ratio:
        return "other"
    if not _numbers_agree(mine, theirs):
        return "road"
    return "same" if ratio >= LINE_SAME else "alike"


def _numbers_agree(mine: str, theirs: str) -> bool:
    """Whether some number of one line is in the other, or a line has none: two houses of one road are two houses."""
    one, other = set(_NUMBER.findall(mine)), set(_NUMBER.findall(theirs))
    return not one or not other or bool(one & other)


def _place(one: Person, other: Person) -> str:
    """Upazila and post code tell the neighbourhood; the district alone is half a clue."""
    pairs = [(one.area, other.area), (one.post_code, other.post_code)]
    known = [(mine, theirs) for mine, theirs in pairs if mine and theirs]
    if any(mine == theirs for mine, theirs in known):
        return "same"
    if any(JaroWinkler.normalized_similarity(mine, theirs, score_cutoff=AREA_ALIKE) for mine, theirs in known):
        return "near"
    if one.district and other.district:
        return "near" if one.district == other.district else "other"
    return "other" if known else ""


def _identifier(one: Person, other: Person) -> str:
    if not (one.identifiers and other.identifiers):
        return ""
    if one.identifiers & other.identifiers:
        return "same"
    mine, theirs = dict(one.identifiers), dict(other.identifiers)
    common = mine.keys() & theirs.keys()
    if not common:
        return ""
    near = any(OSA.distance(mine[system], theirs[system], score_cutoff=1) <= 1 for system in common)
    return "near" if near else "other"
