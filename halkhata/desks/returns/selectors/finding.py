"""From what somebody reads off a unit or a memo to the lines that can be given back."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from halkhata.desks.returns.models import ReturnRequest
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.models import PurchaseLine, Unit, unit_scope
from halkhata.records.catalog.selectors.units import find_units

MOST = 20


@dataclass(frozen=True)
class Returnable:
    """A line of a sale, with the unit that is with the customer now and how many are left."""

    line: PurchaseLine
    unit: Unit | None
    left: int

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.line.pk}-{self.unit.pk if self.unit else 0}"


def _lines(user: User) -> QuerySet[PurchaseLine]:
    return PurchaseLine.objects.filter(unit_scope(user, "purchase__")).select_related(
        "purchase__customer", "purchase__branch", "product__kind", "product__brand", "unit__owner", "unit__product"
    )


def line_of_unit(user: User, unit: Unit) -> PurchaseLine | None:
    """The line by which a unit is with its customer: its own, or that of the unit it was given for."""
    own = _lines(user).filter(unit=unit, purchase__reversed_at__isnull=True).order_by("-stands", "-pk").first()
    if own is not None:
        return own
    given = ReturnRequest.objects.filter(replacement_unit=unit).values("purchase_line_id")
    return _lines(user).filter(pk__in=given).first()


def find_returnable(user: User, text: str) -> list[Returnable]:
    """Lines by the number of a unit, of a memo, or by a serial number."""
    typed = clean_text(text)
    if not typed:
        return []
    found: dict[str, Returnable] = {}
    for unit in find_units(user, typed, MOST):
        line = line_of_unit(user, unit)
        if line is not None:
            one = Returnable(line, unit, 1)
            found[one.key] = one
    number = parse_ref(typed) or typed.upper()
    memos = _lines(user).filter(Q(purchase__number=number) | Q(purchase__memo=typed))
    for line in memos.filter(purchase__reversed_at__isnull=True)[:MOST]:
        one = Returnable(line, line.unit, _left(line))
        found.setdefault(one.key, one)
    return list(found.values())[:MOST]


def returnable(user: User, key: str) -> Returnable | None:
    """What a form named, if the user may see it."""
    line_id, _dash, unit_id = key.partition("-")
    if not (line_id.isascii() and line_id.isdigit() and unit_id.isascii() and unit_id.isdigit()) or len(key) > 40:
        return None
    line = _lines(user).filter(pk=int(line_id)).first()
    if line is None:
        return None
    unit = Unit.objects.visible_to(user).select_related("owner", "product").filter(pk=int(unit_id)).first()
    return Returnable(line, unit, 1 if unit else _left(line))


def _left(line: PurchaseLine) -> int:
    taken = ReturnRequest.objects.filter(purchase_line=line).aggregate(total=Sum("held_quantity"))["total"] or 0
    return max(0, line.quantity - taken)
