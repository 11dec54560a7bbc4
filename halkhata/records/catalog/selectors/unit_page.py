"""All that the page of one unit shows, in a constant number of queries."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from halkhata.foundation.accounts.models import User, in_reader_language
from halkhata.records.catalog.identifiers import doubts_about, label_of
from halkhata.records.catalog.models import Ownership, Purchase, Unit, UnitLife, unit_scope
from halkhata.records.catalog.policies import may_see_owner
from halkhata.records.catalog.registry import life_icons
from halkhata.records.catalog.sentences import sentence_of
from halkhata.records.customers.models import Customer
from halkhata.records.customers.selectors.keyset import page_by_time

MOST_OWNERS = 30


@dataclass(frozen=True, slots=True)
class ShownOwner:
    """One owner; ``customer`` is None for somebody whom the reader may not see."""

    customer: Customer | None
    name: str
    from_on: date
    to_on: date | None
    how: str
    consent: str
    is_undone: bool


@dataclass(frozen=True, slots=True)
class LifeEntry:
    """One line of the life."""

    at: datetime
    sentence: str
    who: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Life:
    """Lines, newest first; ``older`` is the cursor of the next ones, "" at the end."""

    entries: list[LifeEntry]
    older: str


def owners_of(user: User, unit: Unit) -> list[ShownOwner]:
    """Owners, the present one first; whoever is out of the reader's sight stays unnamed. One query."""
    sight = Exists(Customer.objects.visible_to(user).filter(pk=OuterRef("customer_id")))
    found = Ownership.objects.filter(unit=unit).select_related("customer").annotate(is_in_sight=sight)
    rows = list(found[:MOST_OWNERS])
    seen = {row.customer_id for row in rows if row.is_in_sight}
    return [_shown(user, row, seen) for row in rows]


def _shown(user: User, row: Ownership, seen: set[int]) -> ShownOwner:
    may = may_see_owner(user, row.customer, seen)
    # A former owner has nothing to do with the unit any more: only who sees private fields learns the name.
    if row.to_on is not None and not user.may("customer.see_private"):
        may = False
    return ShownOwner(
        customer=row.customer if may else None,
        name=str(row.customer) if may else (_("Owner") if row.to_on is None else _("A former owner")),
        from_on=row.from_on,
        to_on=row.to_on,
        how=str(row.get_how_display()),
        consent=row.consent if may else "",
        is_undone=row.is_undone,
    )


def purchases_of(user: User, unit: Unit) -> list[Purchase]:
    """Sales of the unit that the user may see, the last first."""
    return list(Purchase.objects.filter(unit_scope(user), lines__unit=unit).select_related("branch").order_by("-pk"))


def life_of(unit: Unit, *, before: str | None = None, size: int = 20) -> Life:
    """One stretch of the unit's life, in one query."""
    people = User.objects.filter(pk=OuterRef("actor_id"))
    lines = UnitLife.objects.filter(unit=unit).annotate(
        actor_bn=Subquery(people.values("name_bn")[:1]), actor_en=Subquery(people.values("name_en")[:1])
    )
    page = page_by_time(lines, field="at", before=before, size=size)
    return Life([_entry(line) for line in page.items], page.older)


def _entry(line: Any) -> LifeEntry:
    icon = life_icons.find(line.verb.partition(".")[0]) or "history"
    # The name of that moment, in the reader's language while it is still the person's name.
    names = (line.actor_bn or "", line.actor_en or "")
    who = in_reader_language(*names) if line.actor_label and line.actor_label in names else line.actor_label
    return LifeEntry(line.at, sentence_of(line), who, line.url, icon)


def details_of(unit: Unit) -> list[dict[str, Any]]:
    """Identifiers and further details with their labels, each with a doubt about its check digit."""
    kind = unit.product.kind
    labels = {str(entry["code"]): label_of(entry) for entry in [*kind.identifiers, *kind.extra]}
    held = {one.kind: one.value for one in unit.identifiers.all()}
    doubts = doubts_about(kind, held)
    rows = [
        {"label": labels.get(code, code), "value": value, "doubt": doubts.get(code, ""), "is_identifier": True}
        for code, value in held.items()
    ]
    if unit.batch:
        rows.append({"label": _("Batch or lot"), "value": unit.batch, "doubt": "", "is_identifier": False})
    return rows + [
        {"label": labels.get(code, code), "value": value, "doubt": "", "is_identifier": False}
        for code, value in unit.extra.items()
    ]
