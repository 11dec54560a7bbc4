"""Whom the search found, as rows for its list: one statement for names, organizations and numbers together.

Twenty hits as records with all that hangs on them cost more than finding them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _

from halkhata.foundation.accounts.models import in_reader_language
from halkhata.records.customers.shown_customers import note_shown

_CUSTOMERS = (
    'SELECT hit."id", hit."name_bn", hit."name_en", firm."name_bn", firm."name_en", point."kind", point."value" '
    'FROM "customers_customer" AS hit '
    'LEFT JOIN "customers_organization" AS firm ON firm."id" = hit."organization_id" '
    'LEFT JOIN "customers_contactpoint" AS point ON point."customer_id" = hit."id" '
)
_ORGANIZATIONS = (
    'SELECT hit."id", hit."name_bn", hit."name_en", \'\', \'\', point."kind", point."value" '
    'FROM "customers_organization" AS hit '
    'LEFT JOIN "customers_contactpoint" AS point ON point."organization_id" = hit."id" '
)
# The order of ContactPoint.
_ORDER = ' ORDER BY point."is_primary" DESC, point."id"'


@dataclass(frozen=True, slots=True)
class FoundPoint:
    """A phone number or address of a hit, as the database has it; ``shown_point`` says how a reader sees it."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Found:
    """One hit: how well it was found (Tier), what it is called, and how it is reached."""

    pk: int
    tier: int
    name_bn: str
    name_en: str
    organization_bn: str
    organization_en: str
    nameless: str
    points: list[FoundPoint] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return in_reader_language(self.name_bn, self.name_en) or self.nameless

    @property
    def other_name(self) -> str:
        """The name in the language that the title is not in."""
        title = self.title
        return next((name for name in (self.name_bn, self.name_en) if name and name != title), "")

    @property
    def organization(self) -> str:
        """The organization's name in the reader's language; "" for none."""
        return in_reader_language(self.organization_bn, self.organization_en)


def rows_of_customers(found: Mapping[int, int]) -> list[Found]:
    """The customers ``found`` (id and tier), in its order; the last door is told whose records these are."""
    rows = _rows(_CUSTOMERS, found, _("Customer without a name"))
    for one in rows:
        note_shown(one.pk)
    return rows


def rows_of_organizations(found: Mapping[int, int]) -> list[Found]:
    """The organizations ``found``, in its order."""
    return _rows(_ORGANIZATIONS, found, "")


def _rows(sql: str, found: Mapping[int, int], nameless: str) -> list[Found]:
    if not found:
        return []
    places = ", ".join(["%s"] * len(found))
    by_id: dict[int, Found] = {}
    with connection.cursor() as cursor:
        cursor.execute(f'{sql}WHERE hit."id" IN ({places}){_ORDER}', list(found))
        for pk, name_bn, name_en, firm_bn, firm_en, kind, value in cursor.fetchall():
            one = by_id.get(pk)
            if one is None:
                one = by_id[pk] = Found(pk, found[pk], name_bn, name_en, firm_bn or "", firm_en or "", nameless)
            if kind:
                one.points.append(FoundPoint(kind, value))
    return [by_id[pk] for pk in found if pk in by_id]
