"""Lines of the card: part, labour, visit, and who pays each of them, proposed from the warranty (A53.4, A53.10)."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service import policies
from halkhata.desks.service.choices import FINAL, JobState, LineKind, Payer
from halkhata.desks.service.models import JobLine, ServiceJob
from halkhata.desks.service.services.free_services import give_back_coupons, take_coupon
from halkhata.desks.service.services.locking import lock_job
from halkhata.engines.goodwill.choices import GoodwillState
from halkhata.engines.goodwill.models import Goodwill
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import day_of
from halkhata.records.catalog.models import Product
from halkhata.records.stock.choices import Condition, MoveReason, PlaceKind
from halkhata.records.stock.models import Movement
from halkhata.records.stock.services.moving import move
from halkhata.records.stock.services.places import place_of
from halkhata.records.warranty.models import Coupon
from halkhata.records.warranty.selectors.verdict import Verdict, verdict_of

CENT = Decimal("0.01")
MOST_PIECES = Decimal(100_000)
MOST_MONEY = Decimal("1e11")
WHOLE = "all"


@dataclass(frozen=True)
class Proposal:
    """Who should pay a line, and the rule that says so."""

    payer: Payer
    rule: str
    is_recoverable: bool


def verdict_for(job: ServiceJob) -> Verdict:
    """What the warranty says of the unit on the day it was taken in, at the reading of that day."""
    return verdict_of(job.unit, on=day_of(job.opened_at), reading=job.reading)


def propose(verdict: Verdict, *, kind: str, component: str = "") -> Proposal:
    """Who pays, by the cover of the component, else that of the whole unit; not covered: the customer."""
    wanted = {LineKind.PART: "parts", LineKind.LABOUR: "labour", LineKind.VISIT: "visit"}[LineKind(kind)]
    rules = []
    for name in (component, WHOLE) if component and component != WHOLE else (WHOLE,):
        line = next((one for one in verdict.lines if one.component == name), None)
        if line is None:
            continue
        said = f"{line.label}: {line.rule}"
        if getattr(line, wanted):
            return Proposal(Payer.WARRANTY, said[:300], True)
        rules.append(said)
    return Proposal(Payer.CUSTOMER, (" ".join(rules) or verdict.sentence)[:300], False)


def add_line(
    *,
    actor: Actor | None,
    job: ServiceJob,
    kind: str,
    text: str,
    quantity: Decimal = Decimal(1),
    unit_price: Decimal = Decimal(0),
    discount: Decimal = Decimal(0),
    payer: str = "",
    rule: str = "",
    component: str = "",
    product: Product | None = None,
    cost: Decimal | None = None,
    is_recoverable: bool | None = None,
    faulty_serial: str = "",
    replacement_serial: str = "",
    coupon: Coupon | None = None,
    goodwill: Goodwill | None = None,
    amc_ref: str = "",
    from_stock: bool = False,
    version: int | None = None,
) -> JobLine:
    """Put a line on the card. Without ``payer`` the warranty proposes it, with the rule; covered lines are free.

    Another payer than proposed against the warranty needs ``rule``: why. A coupon is used at once, and counts once. The
    worth of a covered line stays readable, and ``cost`` (what it costs us) goes to the claim when recoverable.
    ``from_stock``: whole pieces of ``product`` leave the branch's shelf by the ledger of goods. Raises
    PermissionRefused, NotFound, Conflict ``job_over`` and what the ledger refuses (``stock_overdrawn``), DomainError at
    the field.
    """
    policies.require(actor, policies.EDIT, job)
    words = clean_text(text, max_length=200) or (product.name[:200] if product is not None else "")
    if kind not in LineKind.values:
        raise DomainError("unknown_kind", _("Choose part, labour or visit."), field="kind")
    if not words:
        raise DomainError("text_missing", _("Say what it is."), field="text")
    amounts = _amounts(quantity, unit_price, discount, cost)
    with transaction.atomic():
        held = lock_job(job.pk, version=version)
        refuse_over(held)
        part = clean_text(component, max_length=40)
        chosen = _choose(held, kind, part, payer, rule, coupon=coupon, goodwill=goodwill, amc_ref=amc_ref)
        coupon_used = take_coupon(actor, held, chosen.payer, coupon, goodwill)
        moved = _take_from_shelf(actor, held, product, amounts[0]) if from_stock else None
        worth = (amounts[0] * amounts[1] - amounts[2]).quantize(CENT)
        recoverable = chosen.is_recoverable if is_recoverable is None else is_recoverable
        line = JobLine.objects.create(
            job=held,
            kind=kind,
            component=part,
            product=product,
            text=words,
            quantity=amounts[0],
            unit_price=amounts[1],
            discount=amounts[2],
            payer=chosen.payer,
            charged=worth if chosen.payer == Payer.CUSTOMER else Decimal(0),
            rule=chosen.rule,
            cost=amounts[3],
            is_recoverable=recoverable and chosen.payer != Payer.CUSTOMER,
            faulty_serial=clean_text(faulty_serial, max_length=60).upper(),
            replacement_serial=clean_text(replacement_serial, max_length=60).upper(),
            coupon=coupon_used,
            taken_by=moved,
            goodwill=goodwill if chosen.payer == Payer.GOODWILL else None,
            amc_ref=clean_text(amc_ref, max_length=40) if chosen.payer == Payer.AMC else "",
            added_by=actor if isinstance(actor, User) else None,
        )
        _changed(held)
        record(
            actor=actor, action="job.line_add", record=held,
            after={
                "line": line.pk, "text": words, "worth": worth, "payer": line.payer, "charged": line.charged,
                "cost": line.cost, "recoverable": line.is_recoverable,
            },
            note=line.rule,
        )  # fmt: skip
    job.refresh_from_db()
    return line


def remove_line(*, actor: Actor | None, job: ServiceJob, line_id: int, version: int | None = None) -> None:
    """Take a line off the card; it stays readable in the history. A coupon used for it alone is due again.

    Raises PermissionRefused, NotFound, Conflict ``job_over``.
    """
    policies.require(actor, policies.EDIT, job)
    with transaction.atomic():
        held = lock_job(job.pk, version=version)
        refuse_over(held)
        line = held.lines.select_related("taken_by").filter(pk=line_id, removed_at__isnull=True).first()
        if line is None:
            raise NotFound("not_found", policies.NOTHING_HERE)
        JobLine.objects.filter(pk=line.pk).update(removed_at=now())
        if line.taken_by is not None:
            _put_back(actor, held, line.taken_by)
        give_back_coupons(actor, held, line)
        _changed(held)
        record(actor=actor, action="job.line_remove", record=held, before={"line": line.pk, "text": line.text})
    job.refresh_from_db()


def _choose(
    job: ServiceJob,
    kind: str,
    component: str,
    payer: str,
    rule: str,
    *,
    coupon: Coupon | None,
    goodwill: Goodwill | None,
    amc_ref: str,
) -> Proposal:
    proposed = propose(verdict_for(job), kind=kind, component=component)
    if not payer or payer == proposed.payer:
        return proposed
    words = clean_text(rule, max_length=300)
    if payer not in Payer.values:
        raise DomainError("unknown_payer", _("Choose who pays."), field="payer")
    if payer == Payer.COUPON and coupon is None:
        raise DomainError("coupon_missing", _("Choose which free service it is."), field="coupon")
    if payer == Payer.AMC and not clean_text(amc_ref):
        raise DomainError("contract_missing", _("Write the number of the service contract."), field="amc_ref")
    if payer == Payer.GOODWILL:
        _check_goodwill(job, goodwill)
    if payer in {Payer.CUSTOMER, Payer.WARRANTY} and not words:
        raise DomainError(
            "rule_missing",
            _("The warranty says otherwise (%(rule)s). Say why.") % {"rule": proposed.rule},
            field="rule",
        )
    return Proposal(Payer(payer), words or proposed.rule, payer in {Payer.WARRANTY, Payer.COUPON})


def _check_goodwill(job: ServiceJob, goodwill: Goodwill | None) -> None:
    given = goodwill is not None and goodwill.state == GoodwillState.GRANTED
    if not given or goodwill is None or goodwill.customer_id != job.customer_id:
        raise DomainError("goodwill_missing", _("Waive the rule first: goodwill needs its approval."), field="goodwill")
    if goodwill.item_id not in {None, job.pk}:
        raise DomainError("goodwill_elsewhere", _("This goodwill was given for something else."), field="goodwill")


def _take_from_shelf(actor: Actor | None, job: ServiceJob, product: Product | None, quantity: Decimal) -> Movement:
    if product is None:
        raise DomainError("product_missing", _("Name the product that is taken from the shelf."), field="product")
    if quantity != quantity.to_integral_value():
        raise DomainError("whole_pieces", _("Whole pieces only are taken from the shelf."), field="quantity")
    return move(
        actor=actor, product=product, quantity=int(quantity), from_place=place_of(job.branch, PlaceKind.SHOP),
        to_place=place_of(job.branch, PlaceKind.CUSTOMER), condition=Condition.NEW, reason=MoveReason.REPLACEMENT,
        ref=job.number, is_demo=job.is_demo,
    )  # fmt: skip


def _put_back(actor: Actor | None, job: ServiceJob, taken: Movement) -> None:
    move(
        actor=actor, product=taken.product, quantity=taken.quantity, from_place=taken.to_place,
        to_place=taken.from_place, condition=Condition.NEW, reason=MoveReason.SALE_REVERSED, ref=job.number,
        is_demo=job.is_demo,
    )  # fmt: skip


def _amounts(
    quantity: Decimal, unit_price: Decimal, discount: Decimal, cost: Decimal | None
) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    own_cost = Decimal(0) if cost is None else cost
    for name, value, most in (
        ("quantity", quantity, MOST_PIECES), ("unit_price", unit_price, MOST_MONEY),
        ("discount", discount, MOST_MONEY), ("cost", own_cost, MOST_MONEY),
    ):  # fmt: skip
        if not value.is_finite() or not 0 <= value <= most or (name == "quantity" and value == 0):
            raise DomainError("bad_amount", _("Write a number that makes sense here."), field=name)
    pieces, price, off = quantity.quantize(CENT), unit_price.quantize(CENT), discount.quantize(CENT)
    if off > (pieces * price).quantize(CENT):
        raise DomainError("bad_discount", _("The discount is more than the line costs."), field="discount")
    return pieces, price, off, own_cost.quantize(CENT)


def refuse_over(job: ServiceJob) -> None:
    """Raises Conflict ``job_over`` for a card that has ended."""
    if JobState(job.state) in FINAL:
        raise Conflict("job_over", _("This job has ended: nothing can be added to its card."))


def _changed(job: ServiceJob) -> None:
    ServiceJob.objects.filter(pk=job.pk).update(lines_version=F("lines_version") + 1)
