"""What the lines of a breakdown are called."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from halkhata.desks.tickets.models import Category
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.models import SlaPolicy
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.core.formatting import MONTH_NAMES, show_digits
from halkhata.foundation.core.reader import current_reader
from halkhata.oversight.analytics.selectors.promise_filters import (
    BRANCH,
    CATEGORY,
    CHANNEL,
    MONTH,
    NONE,
    PERSON,
    POLICY,
    TEAM,
)
from halkhata.records.catalog.models import Product
from halkhata.records.catalog.selectors.products import label_of_product

PRODUCT = "product"


def names_of(by: str, keys: Iterable[str]) -> dict[str, str]:
    """What each key is called, in the reader's language: at most one query."""
    wanted = list(keys)
    if by == CHANNEL:
        return {key: str(Channel(key).label) for key in wanted}
    if by == MONTH:
        return {key: month_name(date.fromisoformat(key)) for key in wanted if key != NONE}
    if by == PRODUCT:
        rows = Product.objects.select_related("brand").in_bulk([int(key) for key in wanted if key != NONE])
        return {key: _("No product known") if key == NONE else label_of_product(rows[int(key)]) for key in wanted}
    models: dict[str, Any] = {POLICY: SlaPolicy, TEAM: Team, BRANCH: Branch, PERSON: User, CATEGORY: Category}
    nothing = {
        POLICY: _("A promise that is no longer there"),
        TEAM: _("Without a team"),
        BRANCH: "",
        PERSON: "",
        CATEGORY: _("Without a category"),
    }
    found = models[by].objects.in_bulk([int(key) for key in wanted if key != NONE])
    return {key: nothing[by] if key == NONE else str(found[int(key)].name) for key in wanted}


def month_name(month: date) -> str:
    """The month with its year, as the reader writes them: "November 2026"."""
    reader = current_reader()
    return show_digits(f"{MONTH_NAMES[reader.language][month.month - 1]} {month.year}", digits=reader.digits)
