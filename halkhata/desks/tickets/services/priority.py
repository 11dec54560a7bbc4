"""Priority from impact and urgency, and words of danger (A52.9)."""

import re

from halkhata.desks.tickets.choices import Impact, Urgency
from halkhata.desks.tickets.models import SafetyWord
from halkhata.desks.tickets.selectors.priorities import priority_matrix
from halkhata.engines.work.choices import Priority
from halkhata.foundation.core.text import search_key

# Forms of a listed word that say something else: a mechanic who was fired is no fire.
_OTHER_MEANING = frozenset({"fired", "firing", "gases", "gassed"})
# What Bengali adds to a noun: article or plural, case, emphasis (আগুন, আগুনে, আগুনের, আগুনটাই).
_BENGALI_ENDINGS = r"(?:টা|টি|টুকু|গুলো|গুলি)?(?:র|ের|ে|এ|তে|েতে|কে|য়|য়ে|য়ের)?(?:ই|ও)?(?=\s)".replace(
    "\u09df",
    "\u09af\u09bc",  # য় in the form of folded text
)


def priority_of(impact: str, urgency: str) -> Priority:
    """The cell of the shop's impact x urgency matrix: one query. Raises ValueError for values outside the lists."""
    cell = (Impact(impact), Urgency(urgency))
    return priority_matrix()[cell]


def safety_words_in(*texts: str) -> list[str]:
    """The words of the safety list that stand in the texts, each once, in the order of the list.

    A Latin word is found as a whole word and in its simple forms (burn, burns, burned, burnt, burning; explode,
    exploded): "campfire" and "fired" are no fire. A Bengali word is found with the endings Bengali adds to nouns
    (আগুনে, আগুনের) and not as the beginning of another word: "শক্ত" (hard) is no "শক" (shock), "ব্রেকফাস্ট" no "ব্রেক".
    Doubtful ones ("shocked by the bill") do count: a needless call costs less than a missed danger.
    """
    text = f" {search_key(' '.join(texts))} "
    found = []
    for word in SafetyWord.objects.filter(is_active=True).order_by("id").values_list("word", flat=True):
        key = search_key(word)
        if key and any(match.group().strip() not in _OTHER_MEANING for match in _pattern(key).finditer(text)):
            found.append(word)
    return found


def _pattern(key: str) -> re.Pattern[str]:
    """A pattern for a folded word in its forms; text around it is folded alike, so words stand between spaces."""
    stem = re.escape(key)
    if not key.isascii():
        return re.compile(rf"(?<=\s){stem}{_BENGALI_ENDINGS}")
    if key.endswith("e"):
        return re.compile(rf"(?<=\s)(?:{stem}(?:s|d)?|{re.escape(key[:-1])}ing)(?=\s)")
    if key.endswith("y"):
        return re.compile(rf"(?<=\s)(?:{stem}|{re.escape(key[:-1])}ies)(?=\s)")
    return re.compile(rf"(?<=\s){stem}(?:s|es|ed|ing|t)?(?=\s)")
