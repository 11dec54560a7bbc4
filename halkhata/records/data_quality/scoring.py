"""What makes a customer's record complete: weights that add up to 100 (E.2). Pure: takes values, asks no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a record has."""

    has_name: bool
    has_phone: bool
    is_reachable: bool
    has_email: bool
    has_district: bool
    has_address: bool
    was_asked: bool


# code: (weight, words). A phone number and a name are what the shop lives by.
PARTS: Mapping[str, tuple[int, Any]] = {
    "name": (25, _("Name")),
    "phone": (25, _("Phone number")),
    "reachable": (15, _("A number or address that works")),
    "district": (10, _("District")),
    "address": (10, _("House, road or village")),
    "email": (5, _("E-mail")),
    "consent": (10, _("Asked about offers")),
}


def score_of(facts: Facts) -> tuple[int, list[str]]:
    """The score from 0 to 100, and the codes of what is missing, the heaviest first."""
    there = {
        "name": facts.has_name,
        "phone": facts.has_phone,
        "reachable": facts.is_reachable,
        "district": facts.has_district,
        "address": facts.has_address,
        "email": facts.has_email,
        "consent": facts.was_asked,
    }
    gaps = [code for code in PARTS if not there[code]]
    gaps.sort(key=lambda code: -PARTS[code][0])
    return 100 - sum(PARTS[code][0] for code in gaps), gaps
