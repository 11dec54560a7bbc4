"""Priority from impact and urgency, and words of danger (A52.9)."""

import re

from halkhata.desks.tickets.choices import PRIORITY_MATRIX, Impact, Urgency
from halkhata.desks.tickets.models import SafetyWord
from halkhata.engines.work.choices import Priority
from halkhata.foundation.core.text import search_key


def priority_of(impact: str, urgency: str) -> Priority:
    """The cell of the impact x urgency matrix. Raises ValueError for values outside the lists."""
    return PRIORITY_MATRIX[(Impact(impact), Urgency(urgency))]


def safety_words_in(*texts: str) -> list[str]:
    """The words of the safety list that stand in the texts, each once, in the order of the list.

    Latin words match whole words and their simple inflections (burn, burned, burning). Bengali words match at the
    beginning of a word, because Bengali adds its endings to the word itself (আগুন, আগুনে, আগুনের).
    """
    text = f" {search_key(' '.join(texts))} "
    found = []
    for word in SafetyWord.objects.filter(is_active=True).order_by("id").values_list("word", flat=True):
        key = search_key(word)
        if not key:
            continue
        ending = r"(?:s|es|ed|ing|t)?\b" if key.isascii() else ""
        if re.search(rf"(?<=\s){re.escape(key)}{ending}", text):
            found.append(word)
    return found
