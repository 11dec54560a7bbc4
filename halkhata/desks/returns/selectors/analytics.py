"""Numbers about returns: how much comes back, of what, where, why, how fast, by whom (A58.12)."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, Sum
from django.urls import reverse

from halkhata.desks.returns.choices import Outcome, Reason
from halkhata.desks.returns.models import ReturnQuerySet, ReturnRequest
from halkhata.desks.returns.selectors.board import start_of
from halkhata.foundation.accounts.models import Branch, User
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Product, PurchaseLine, unit_scope
from halkhata.records.customers.models import Customer
from halkhata.records.stock.choices import MoveReason
from halkhata.records.stock.models import Movement

# So many returns within the span make a serial returner worth a look.
SERIAL = 3
SHOWN = 15
YEAR = 365
# Of fewer units sold than this a rate says little: the report marks such a batch as small.
SMALL_BATCH = 20


@dataclass(frozen=True)
class Span:
    """The days a report is about, both included."""

    since: date
    until: date

    @classmethod
    def read(cls, since: str, until: str) -> "Span":
        """From the address; what cannot be read is the last ninety days."""
        end = _day(until) or today()
        start = _day(since) or end - timedelta(days=90)
        return cls(min(start, end), end)

    def address(self, **filters: Any) -> str:
        """The board with exactly the rows of a number."""
        query = {"view": "all", "since": self.since.isoformat(), "until": self.until.isoformat(), **filters}
        return f"{reverse('returns:board')}?{urlencode(query)}"


@dataclass(frozen=True)
class Line:
    """One number, and the address of its rows."""

    label: Any
    count: int
    url: str
    rate: Decimal | None = None
    amount: Decimal | None = None
    # Of a batch: how many of its units were sold, and whether they are too few for the rate to say much.
    sold: int | None = None
    is_small: bool = False


@dataclass
class Report:
    """All numbers of a span."""

    total: Line
    refunded: Decimal = Decimal(0)
    by_product: list[Line] = field(default_factory=list)
    by_batch: list[Line] = field(default_factory=list)
    by_branch: list[Line] = field(default_factory=list)
    by_reason: list[Line] = field(default_factory=list)
    by_result: list[Line] = field(default_factory=list)
    returners: list[Line] = field(default_factory=list)
    cycle: timedelta | None = None
    money: timedelta | None = None
    # Of the goods that became the shop's: how many went back to the shelf, in per cent.
    recovered: Decimal | None = None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def report(user: User, span: Span) -> Report:
    """The numbers of the returns asked for in ``span`` that the user may see. A fixed number of queries."""
    rows = ReturnRequest.objects.visible_to(user).filter(
        opened_at__gte=start_of(span.since), opened_at__lt=start_of(span.until + timedelta(days=1))
    )
    sums = rows.aggregate(count=Count("pk"), refunded=Sum("refund_amount"), pieces=Sum("quantity"))
    made = Report(total=Line("", sums["count"], span.address()), refunded=sums["refunded"] or Decimal(0))
    made.by_product = _by_product(user, rows, span)
    made.by_batch = _by_batch(user, rows, span)
    made.by_branch = _by_branch(rows, span)
    for code, count in _counted(rows, "reason_code"):
        label = Reason(code).label if code in Reason.values else code
        made.by_reason.append(Line(label, count, span.address(reason=code)))
    for code, count in _counted(rows.exclude(result=""), "result"):
        made.by_result.append(Line(Outcome(code).label, count, span.address(result=code)))
    made.returners = _returners(user, rows, span)
    made.cycle = _mean(rows.filter(closed_at__isnull=False), F("closed_at") - F("opened_at"))
    made.money = _mean(
        rows.filter(result=Outcome.REFUND, settled_at__isnull=False, received_at__isnull=False),
        F("settled_at") - F("received_at"),
    )
    made.recovered = _recovered(rows)
    return made


def _counted(rows: ReturnQuerySet, column: str) -> list[tuple[Any, int]]:
    return list(rows.order_by().values_list(column).annotate(n=Count("pk")).order_by("-n", column)[:SHOWN])


def _share(pieces: int, sold: int) -> Decimal | None:
    """Per cent of what was sold in these days; None where more came back, of sales before them: 200 % says nothing."""
    return (Decimal(pieces) * 100 / sold).quantize(Decimal("0.1")) if 0 < pieces <= sold else None


def _by_product(user: User, rows: ReturnQuerySet, span: Span) -> list[Line]:
    counted = dict(_counted(rows, "product_id"))
    names = Product.objects.in_bulk(list(counted))
    sold = dict(
        PurchaseLine.objects.filter(
            unit_scope(user, "purchase__"), product_id__in=list(counted), purchase__reversed_at__isnull=True,
            purchase__bought_on__gte=span.since, purchase__bought_on__lte=span.until,
        )
        .order_by()
        .values_list("product_id")
        .annotate(n=Sum("quantity"))
    )  # fmt: skip
    pieces = dict(
        rows.filter(product_id__in=list(counted)).order_by().values_list("product_id").annotate(n=Sum("quantity"))
    )
    return [
        Line(
            names[pk], count, span.address(product=pk), rate=_share(pieces.get(pk, 0), sold.get(pk, 0)),
        )
        for pk, count in counted.items()
    ]  # fmt: skip


def _by_batch(user: User, rows: ReturnQuerySet, span: Span) -> list[Line]:
    """By the maker's batch: of the units of it that were sold until the end of the span, how many came back in it."""
    held = rows.filter(unit__batch__isnull=False).order_by()
    counted = list(
        held.values_list("product_id", "unit__batch")
        .annotate(n=Count("pk"), units=Count("unit", distinct=True))
        .order_by("-n", "product_id", "unit__batch")[:SHOWN]
    )
    products, batches = {one[0] for one in counted}, {one[1] for one in counted}
    names = Product.objects.in_bulk(list(products))
    sold = {
        (product, batch): n
        for product, batch, n in PurchaseLine.objects.filter(
            unit_scope(user, "purchase__"), product_id__in=products, unit__batch__in=batches,
            purchase__reversed_at__isnull=True, purchase__bought_on__lte=span.until,
        )
        .order_by()
        .values_list("product_id", "unit__batch")
        .annotate(n=Count("unit", distinct=True))
    }  # fmt: skip
    made = []
    for product, batch, count, units in counted:
        of = sold.get((product, batch), 0)
        rate = (Decimal(units) * 100 / of).quantize(Decimal("0.1")) if of else None
        made.append(
            Line(
                f"{names[product]} · {batch}", count, span.address(product=product, batch=batch), rate=rate, sold=of,
                is_small=of < SMALL_BATCH,
            )
        )  # fmt: skip
    return made


def _by_branch(rows: ReturnQuerySet, span: Span) -> list[Line]:
    counted = dict(_counted(rows, "branch_id"))
    names = Branch.objects.in_bulk(list(counted))
    return [Line(names[pk], count, span.address(branch=pk)) for pk, count in counted.items()]


def _returners(user: User, rows: ReturnQuerySet, span: Span) -> list[Line]:
    """Customers who gave back often; who may not see customers sees none."""
    if not user.may("customer.view"):
        return []
    counted = (
        rows.filter(customer__isnull=False)
        .order_by()
        .values_list("customer_id")
        .annotate(n=Count("pk"), worth=Sum("refund_amount"))
        .filter(n__gte=SERIAL)
        .order_by("-n")[:SHOWN]
    )
    found = list(counted)
    names = Customer.objects.visible_to(user).in_bulk([pk for pk, _n, _worth in found])
    return [
        Line(names[pk], count, span.address(customer=pk), amount=worth) for pk, count, worth in found if pk in names
    ]


def _mean(rows: ReturnQuerySet, span: Any) -> timedelta | None:
    return rows.aggregate(mean=Avg(ExpressionWrapper(span, output_field=DurationField())))["mean"]


def _recovered(rows: ReturnQuerySet) -> Decimal | None:
    ours = rows.filter(
        Q(result=Outcome.REFUND) | Q(result=Outcome.STORE_CREDIT) | Q(result=Outcome.REPLACEMENT),
        settled_at__isnull=False, received_at__isnull=False,
    )  # fmt: skip
    total = ours.count()
    if not total:
        return None
    back = Movement.objects.filter(reason__in=[MoveReason.RELEASE, MoveReason.USE_AS_IS], ref__in=ours.values("number"))
    return (Decimal(back.values("ref").distinct().count()) * 100 / total).quantize(Decimal("0.1"))
