"""What a line of the evidence file is called, in the reader's language. The line itself stays as it was taken in."""

import re
from collections.abc import Sequence
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import override

from halkhata.desks.disputes.models import EvidenceItem
from halkhata.desks.disputes.registry import evidence_words
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.work.choices import Channel
from halkhata.foundation.core.formatting import format_ref, show_digits
from halkhata.foundation.core.reader import current_reader
from halkhata.records.catalog.models import UnitLife
from halkhata.records.catalog.sentences import sentence_of

# A number of ours as it stands in a title: K-1045.
_REF = re.compile(r"\b[A-Z]{1,3}-\d+\b")
# A note that the customer can read (evidence.py).
_PUBLIC_NOTE = "Public note "
_MINUTES = re.compile(r"(?P<ref>\S+) (?P<who>.*) (?P<minutes>\d+) min")


def with_headings(lines: Sequence[EvidenceItem]) -> Sequence[EvidenceItem]:
    """Give each line its ``heading``. One query, for the life of the unit."""
    ids = [int(_key(line)) for line in lines if _source(line) == "life" and _key(line).isdigit()]
    lives = {row.pk: row for row in UnitLife.objects.filter(pk__in=ids)} if ids else {}
    for line in lines:
        line.heading = _heading(line, lives) or line.title
    return lines


def _heading(line: EvidenceItem, lives: dict[int, UnitLife]) -> str:
    source = _source(line)
    if source == "life":
        life = lives.get(int(_key(line))) if _key(line).isdigit() else None
        return "" if life is None else " · ".join(filter(None, (sentence_of(life), life.actor_label)))
    if source == "message":
        return _message(line.title)
    if source == "minutes" and (found := _MINUTES.fullmatch(line.title)):
        return _("%(number)s: %(minutes)s minutes of %(who)s") % {
            "number": _said(found["ref"]), "minutes": _digits(found["minutes"]), "who": found["who"]
        }  # fmt: skip
    number = next(iter(_REF.findall(line.title)), "")
    if source == "history" and number:
        return _("History of %(number)s") % {"number": _said(number)}
    if source == "item" and number:
        return f"{_said(number)}: {line.title.partition(': ')[2]}"
    word = evidence_words.find(source)
    return f"{word} {_said(number)}".strip() if word is not None else ""


def _message(title: str) -> str:
    """Channel and direction stand in the title in English, as in the whole file: said in the words of the reader."""
    number, _space, rest = title.partition(" ")
    if rest.startswith(_PUBLIC_NOTE):
        return " · ".join((_said(number), _("Public note"), rest.removeprefix(_PUBLIC_NOTE)))
    for head, channel, direction in _heads_in_english():
        if rest.startswith(head):
            return " · ".join((_said(number), str(channel.label), str(direction.label), rest.removeprefix(head)))
    return ""


@cache
def _heads_in_english() -> list[tuple[str, Channel, Direction]]:
    """How the title of a message begins, written down once: a file has thousands of messages."""
    with override("en"):
        return [(f"{channel.label} {way.label} ", channel, way) for channel in Channel for way in Direction]


def _source(line: EvidenceItem) -> str:
    return line.origin.partition(":")[0]


def _key(line: EvidenceItem) -> str:
    return line.origin.partition(":")[2]


def _said(number: str) -> str:
    reader = current_reader()
    return format_ref(number, language=reader.language, digits=reader.digits) if number else ""


def _digits(text: str) -> str:
    return show_digits(text, digits=current_reader().digits)
