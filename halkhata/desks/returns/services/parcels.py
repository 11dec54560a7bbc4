"""Parcels that came without a return number: taken down, kept apart, matched later or sent back (A58.4)."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns import policies
from halkhata.desks.returns.choices import FileStep, ParcelState, Stage
from halkhata.desks.returns.events import ParcelArrived
from halkhata.desks.returns.models import Parcel, ParcelFile, ReturnFile, ReturnRequest
from halkhata.desks.returns.services.receiving import receive_return
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.sequences import next_number
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.records.catalog.choices import UnitState
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.sentences import shown_ref
from halkhata.records.catalog.services.units import change_unit_state
from halkhata.records.stock.choices import Condition, MoveReason, PlaceKind
from halkhata.records.stock.models import UnitPosition
from halkhata.records.stock.services.moving import move
from halkhata.records.stock.services.places import place_of
from halkhata.records.stock.services.selling import with_customer

PREFIX = "Q"


def take_parcel(
    *,
    actor: Any,
    branch: Branch,
    content: str,
    sender: str = "",
    serial: str = "",
    files: Sequence[StoredFile] = (),
    is_demo: bool = False,
) -> Parcel:
    """Take a parcel down that belongs to no return we know of. A serial number of ours goes into quarantine.

    Raises PermissionRefused, DomainError ``no_content``.
    """
    policies.require(actor, policies.RECEIVE)
    words = clean_text(content, max_length=300)
    if not words:
        raise DomainError("no_content", _("Write what is in it, as far as one can see."), field="content")
    with transaction.atomic():
        unit = _our_unit(serial)
        parcel = Parcel.objects.create(
            number=next_number(PREFIX), branch=branch, arrived_at=now(), sender=clean_text(sender, max_length=200),
            content=words, serial=clean_text(serial, max_length=60).upper(), unit=unit,
            created_by=actor if isinstance(actor, User) else None, is_demo=is_demo,
        )  # fmt: skip
        for file in files:
            ParcelFile.objects.create(parcel=parcel, file=file)
        if unit is not None:
            _into_quarantine(actor, parcel, unit)
        record(actor=actor, action="parcel.take", record=parcel, after={"content": words, "serial": parcel.serial})
        publish(ParcelArrived(parcel_id=parcel.pk, number=parcel.number, branch_id=branch.pk))
    return parcel


def _our_unit(serial: str) -> Unit | None:
    """The one unit that customers have under this number; none when there are several, or it is somewhere else."""
    folded = fold_identifier(serial)
    if not folded:
        return None
    found = list(Unit.objects.filter(identifiers__folded=folded, state=UnitState.SOLD).distinct()[:2])
    return found[0] if len(found) == 1 else None


def _into_quarantine(actor: Any, parcel: Parcel, unit: Unit) -> None:
    customers = with_customer(
        actor=actor, branch=parcel.branch, product=unit.product, unit=unit, quantity=1, ref=parcel.number
    )
    move(
        actor=actor, unit=unit, from_place=customers, to_place=place_of(parcel.branch, PlaceKind.QUARANTINE),
        from_condition=Condition.USED, condition=Condition.UNCHECKED, reason=MoveReason.ARRIVED, ref=parcel.number,
        is_demo=parcel.is_demo,
    )  # fmt: skip


def _held(actor: Any, parcel: Parcel) -> Parcel:
    policies.require(actor, policies.RECEIVE)
    policies.require_parcel(actor, parcel)
    held = Parcel.objects.select_for_update(of=("self",)).select_related("branch", "unit").filter(pk=parcel.pk).first()
    if held is None:
        raise NotFound("not_found", policies.NOTHING_HERE)
    if held.state != ParcelState.WAITING:
        raise Conflict("parcel_over", _("Somebody has dealt with this parcel already."))
    return held


def match_parcel(*, actor: Any, parcel: Parcel, request: ReturnRequest, serial: str = "") -> Parcel:
    """It belongs to this return: the goods are received against its number, with the parcel's photos.

    Raises PermissionRefused, NotFound, Conflict ``parcel_over``, ``other_unit``, and what ``receive_return`` raises.
    """
    with transaction.atomic():
        held = _held(actor, parcel)
        if held.unit_id is not None and held.unit_id != request.unit_id:
            raise Conflict("other_unit", _("In this parcel is another unit than in that return."), field="number")
        if request.stage not in {Stage.APPROVED, Stage.IN_TRANSIT}:
            raise Conflict(
                "not_approved",
                _("%(number)s is “%(state)s”: only approved returns are received.")
                % {"number": shown_ref(request.number), "state": request.stage_label},
                field="number",
            )
        receive_return(
            actor=actor, request=request, serial=serial or held.serial, from_quarantine=True,
            note=str(_("From parcel %(number)s.")) % {"number": held.number},
        )  # fmt: skip
        for row in held.files.select_related("file"):
            at = now()
            ReturnFile.objects.create(request=request, file=row.file, step=FileStep.RECEIPT, added_at=at)
        _end(actor, held, ParcelState.MATCHED, request=request)
    parcel.refresh_from_db()
    return parcel


def let_parcel_go(*, actor: Any, parcel: Parcel, note: str) -> Parcel:
    """Sent back, or handed to whoever it belongs to. Raises as above, DomainError ``no_reason``."""
    words = clean_text(note, max_length=300)
    if not words:
        raise DomainError("no_reason", _("Write where it went."), field="note")
    with transaction.atomic():
        held = _held(actor, parcel)
        if held.unit is not None:
            position = UnitPosition.objects.select_related("place").filter(unit=held.unit).first()
            if position is not None and position.place.kind == PlaceKind.QUARANTINE:
                move(
                    actor=actor, unit=held.unit, from_place=position.place,
                    to_place=place_of(held.branch, PlaceKind.CUSTOMER), condition=Condition.USED,
                    reason=MoveReason.SENT_BACK, ref=held.number, is_demo=held.is_demo,
                )  # fmt: skip
                if held.unit.state == UnitState.RETURNED:
                    change_unit_state(actor=actor, unit=held.unit, state=UnitState.SOLD)
        _end(actor, held, ParcelState.GONE, note=words)
    parcel.refresh_from_db()
    return parcel


def _end(actor: Any, parcel: Parcel, state: str, *, request: ReturnRequest | None = None, note: str = "") -> None:
    parcel.state, parcel.matched_to, parcel.end_note, parcel.ended_at = state, request, note, now()
    parcel.version += 1
    parcel.save(update_fields=["state", "matched_to", "end_note", "ended_at", "version"])
    after = {"state": state, "return": request.number if request else ""}
    record(actor=actor, action="parcel.end", record=parcel, after=after, note=note)
