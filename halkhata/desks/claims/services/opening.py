"""Beginning a claim: by hand, for a job card, for the free services of a month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from halkhata.desks.claims import policies
from halkhata.desks.claims.choices import KIND, LineKind, PhotoKind, Sort, Stage
from halkhata.desks.claims.models import Claim, ClaimFile, ClaimLine
from halkhata.desks.claims.selectors.rules import terms_of
from halkhata.desks.claims.services.locking import audit, in_words, moved, touched, write_line_of_life
from halkhata.engines.work.choices import Channel, StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.items import new_item_values, open_item
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Brand, Unit
from halkhata.records.catalog.selectors.products import label_of_product

CENT = Decimal("0.01")
MOST = Decimal("1e11")


@dataclass(frozen=True, kw_only=True)
class NewLine:
    """A line as it is to be written. ``claimed`` None: the cost, where the company pays it back."""

    kind: str
    text: str
    code: str = ""
    fault_code: str = ""
    quantity: Decimal = Decimal(1)
    cost: Decimal = Decimal(0)
    is_recoverable: bool = True
    claimed: Decimal | None = None
    faulty_serial: str = ""
    replacement_serial: str = ""
    coupon: Any = None
    origin: str = ""


def open_claim(
    *,
    actor: Any,
    unit: Unit,
    about: WorkItem | None = None,
    branch: Branch | None = None,
    failed_on: date | None = None,
    repaired_on: date | None = None,
    reading: int | None = None,
    defect_code: str = "",
    cause_code: str = "",
    description: str = "",
    faulty_serial: str = "",
    replacement_serial: str = "",
    currency: str = "",
    lines: Sequence[NewLine] = (),
    files: Sequence[tuple[StoredFile, str, str]] = (),
    team: Team | None = None,
    owner: User | None = None,
    cause: str = "",
    is_demo: bool = False,
) -> Claim:
    """Begin a claim to the company of the unit's brand; the deadline is that of its rules.

    The same ``cause`` twice returns the first. Raises PermissionRefused, NotFound (unit or work out of sight), Conflict
    ``claimed_already`` when there is a claim about this work, DomainError at the field.
    """
    policies.require(actor, policies.EDIT)
    policies.require_unit(actor, unit)
    _require_about(actor, about)
    check_days(failed_on, repaired_on)
    terms = terms_of(unit.product.brand)
    values = {
        "unit": unit, "about": about, "failed_on": failed_on, "repaired_on": repaired_on, "reading": reading,
        "deadline_on": terms.deadline(repaired_on), **texts(
            defect_code=defect_code, cause_code=cause_code, description=description, faulty_serial=faulty_serial,
            replacement_serial=replacement_serial,
        ),
    }  # fmt: skip
    place = branch or (about.branch if about is not None else unit.branch)
    with transaction.atomic():
        if cause and (known := Claim.objects.filter(cause=cause[:120]).first()) is not None:
            return known
        return begin(
            actor=actor, brand=unit.product.brand, branch=place, subject=label_of_product(unit.product),
            sort=Sort.REPAIR, currency=currency, lines=lines, files=files, values=values,
            work={"team": team, "owner": owner, "cause": cause, "is_demo": is_demo},
        )  # fmt: skip


def begin(
    *,
    actor: Any,
    brand: Brand,
    branch: Branch,
    subject: str,
    sort: str,
    currency: str,
    lines: Sequence[NewLine],
    files: Sequence[tuple[StoredFile, str, str]],
    values: dict[str, Any],
    work: dict[str, Any],
) -> Claim:
    """The row with its lines, papers, history and event. In the caller's transaction."""
    if isinstance(actor, User) and work.get("team") is None and work.get("owner") is None:
        # Whoever writes it goes on seeing it: it goes to the own team, without one it is one's own.
        work["team"] = actor.teams.filter(is_active=True).order_by("pk").first()
        work["owner"] = None if work["team"] is not None else actor
    item = new_item_values(
        actor=actor, kind=KIND, subject=subject[:200], customer=None, branch=branch,
        channel=Channel.INTERNAL, state=Stage.DRAFT, state_flag=StateFlag.OPEN, **work,
    )  # fmt: skip
    with in_words():
        claim = Claim.objects.create(
            **item, **values, brand=brand, sort=sort,
            currency=currency or Installation.current().currency or "BDT",
        )  # fmt: skip
        for line in lines:
            write_line(claim, line)
    open_item(actor=actor, item=claim)
    for file, kind, note in files:
        hang(claim, file, kind, note, actor)
    # Without a card of ours it is the first that is heard of the failure: it counts as the customer's claim (A53.16).
    write_line_of_life(actor, claim, "claim.opened" if claim.about_id else "claim.direct")
    audit(actor, claim, "open", {"brand": brand.code, "unit": claim.unit.number if claim.unit else "", "sort": sort})
    publish(moved(claim, ""))
    touched(claim)
    return claim


def write_line(claim: Claim, line: NewLine) -> ClaimLine:
    """One row of a draft. Raises DomainError at the field."""
    words = clean_text(line.text, max_length=200)
    if line.kind not in LineKind.values:
        raise DomainError("unknown_kind", _("Choose part, labour, way or visit."), field="kind")
    if not words:
        raise DomainError("text_missing", _("Say what it is."), field="text")
    for value, field in ((line.cost, "cost"), (line.claimed, "claimed"), (line.quantity, "quantity")):
        if value is not None and (not value.is_finite() or not 0 <= value < MOST or value != value.quantize(CENT)):
            raise DomainError("bad_amount", _("Write an amount of money, like 1500."), field=field)
    if not 0 < line.quantity < 100_000:
        raise DomainError("bad_quantity", _("Write how many, more than nothing."), field="quantity")
    asked = line.cost if line.claimed is None else line.claimed
    if not line.is_recoverable and line.claimed:
        raise DomainError(
            "not_recoverable", _("What the company does not pay back cannot be claimed."), field="claimed"
        )
    return ClaimLine.objects.create(
        claim=claim, kind=line.kind, code=clean_text(line.code, max_length=40).upper(), text=words,
        fault_code=clean_text(line.fault_code, max_length=40).upper(), quantity=line.quantity, cost=line.cost,
        is_recoverable=line.is_recoverable, claimed_amount=asked if line.is_recoverable else Decimal(0),
        faulty_serial=clean_text(line.faulty_serial, max_length=60).upper(),
        replacement_serial=clean_text(line.replacement_serial, max_length=60).upper(), coupon=line.coupon,
        origin=line.origin,
    )  # fmt: skip


def hang(claim: Claim, file: StoredFile, kind: str, note: str, actor: Any) -> None:
    """One photo or paper; the same file hangs once."""
    ClaimFile.objects.get_or_create(
        claim=claim, file=file,
        defaults={
            "kind": kind if kind in PhotoKind.values else PhotoKind.OTHER, "note": clean_text(note, max_length=120),
            "added_by": actor if isinstance(actor, User) else None, "added_at": now(),
        },
    )  # fmt: skip


def texts(**values: str) -> dict[str, str]:
    """The claim's own texts, cleaned; codes and numbers in capitals."""
    lengths = {"defect_code": 40, "cause_code": 40, "faulty_serial": 60, "replacement_serial": 60}
    return {
        name: clean_text(value, multiline=True, max_length=4000)
        if name == "description"
        else clean_text(value, max_length=lengths[name]).upper()
        for name, value in values.items()
    }


def check_days(failed_on: date | None, repaired_on: date | None) -> None:
    """Raise DomainError ``in_future`` and ``repaired_before`` at the field."""
    for day, field in ((failed_on, "failed_on"), (repaired_on, "repaired_on")):
        if day is not None and day > today():
            raise DomainError("in_future", _("This day is still to come."), field=field)
    if failed_on is not None and repaired_on is not None and repaired_on < failed_on:
        raise DomainError("repaired_before", _("It was repaired before it failed?"), field="repaired_on")


def _require_about(actor: Any, about: WorkItem | None) -> None:
    if about is None or not isinstance(actor, User):
        return
    if not WorkItem.objects.visible_to(actor).filter(pk=about.pk).exists():
        raise NotFound("not_found", policies.NOTHING_HERE)
