"""What the comparison found, as words for people."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.records.customers.merging.comparing import Reason

WORDS: dict[tuple[str, str], Any] = {
    ("name", "same"): _("same name"),
    ("name", "sound"): _("name sounds the same"),
    ("name", "alike"): _("name spelt almost the same"),
    ("name", "part"): _("part of the name is the same"),
    ("name", "some"): _("one word of the name is the same"),
    ("name", "other"): _("another name"),
    ("phone", "same"): _("same phone number"),
    ("phone", "near"): _("phone number differs by one digit"),
    ("phone", "other"): _("another phone number"),
    ("email", "same"): _("same e-mail address"),
    ("email", "near"): _("e-mail address almost the same"),
    ("email", "other"): _("another e-mail address"),
    ("line", "same"): _("same house or road"),
    ("line", "alike"): _("house or road written almost the same"),
    ("line", "road"): _("same road, another house number"),
    ("line", "other"): _("another house or road"),
    ("place", "same"): _("same place"),
    ("place", "near"): _("same district or a place of almost the same name"),
    ("place", "other"): _("another place"),
    ("identifier", "same"): _("same number in another system"),
    ("identifier", "near"): _("number in another system differs by one letter"),
    ("identifier", "other"): _("another number in the other system"),
    ("paper", "same"): _("same identity paper"),
    ("unit", "same"): _("had the same unit, and no sale or handing over between them is written down"),
}


def words_of(reasons: Iterable[Reason]) -> list[str]:
    """Each reason in the reader's language, what weighs most first."""
    ordered = sorted(reasons, key=lambda reason: -abs(reason.bits))
    return [str(WORDS[reason.field, reason.level]) for reason in ordered]


def stored(reasons: Iterable[Reason]) -> list[list[Any]]:
    """The reasons as JSON."""
    return [[reason.field, reason.level, round(reason.bits, 1)] for reason in reasons]


def read(rows: Iterable[list[Any]]) -> list[Reason]:
    """Reasons as they were stored; what this version does not know any more is left out."""
    return [Reason(field, level, bits) for field, level, bits in rows if (field, level) in WORDS]
