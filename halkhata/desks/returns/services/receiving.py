"""Goods come in: only against a return's number, once, and the right serial number (A58.4)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns import policies
from halkhata.desks.returns.choices import FileStep, Reason, Stage
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.selectors.terms import refund_days_of
from halkhata.desks.returns.services.advancing import old_piece_came
from halkhata.desks.returns.services.approving import refreshed
from halkhata.desks.returns.services.locking import audit, lock_return, to_stage
from halkhata.desks.returns.services.promising import promise_money
from halkhata.desks.returns.services.requesting import KIND, add_files
from halkhata.engines.work.services.checklists import attach_checklist, template_for
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.records.catalog.choices import UnitState
from halkhata.records.catalog.days import today
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.sentences import shown_ref
from halkhata.records.catalog.services.units import change_unit_state
from halkhata.records.stock.choices import Condition, MoveReason, PlaceKind
from halkhata.records.stock.models import Place, UnitPosition
from halkhata.records.stock.services.moving import move
from halkhata.records.stock.services.places import place_of
from halkhata.records.stock.services.selling import with_customer


def send_on_its_way(
    *, actor: Any, request: ReturnRequest, carrier: str, tracking_code: str = "", version: int | None = None
) -> ReturnRequest:
    """The customer has handed it to a carrier. Raises Conflict, DomainError ``no_carrier``, PermissionRefused."""
    policies.require(actor, policies.CREATE, request)
    by = clean_text(carrier, max_length=80)
    if not by:
        raise DomainError("no_carrier", _("Write by whom it travels."), field="carrier")
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        to_stage(
            actor=actor, request=held, stage=Stage.IN_TRANSIT, carrier=by,
            tracking_code=clean_text(tracking_code, max_length=80),
        )  # fmt: skip
        audit(actor, held, "in_transit", {"carrier": by})
    return refreshed(request)


def receive_return(
    *,
    actor: Any,
    request: ReturnRequest,
    serial: str = "",
    note: str = "",
    files: Sequence[StoredFile] = (),
    version: int | None = None,
    from_quarantine: bool = False,
    tell: bool = True,
) -> ReturnRequest:
    """Take goods in against an approved return: into the place of returned goods, where nothing can be sold.

    ``serial``: as read from the goods; asked for where there is a serial number. Raises PermissionRefused, NotFound,
    Conflict ``received_already``, ``not_approved``, DomainError ``serial_missing``, ``serial_mismatch`` (the way out is
    the quarantine), and what the ledger refuses. Nothing is written then.
    """
    policies.require(actor, policies.RECEIVE, request)
    # Before the version is looked at: whoever sends the form a second time reads that the goods are in already.
    _refuse_wrong_time(ReturnRequest.objects.get(pk=request.pk))
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        _refuse_wrong_time(held)
        if held.unit is not None:
            check_serial(held.unit, serial)
        start, condition = _where_it_comes_from(actor, held, from_quarantine)
        move(
            actor=actor, unit=held.unit, product=held.product, quantity=held.quantity, from_place=start,
            to_place=place_of(held.branch, PlaceKind.RETURNS), from_condition=condition,
            condition=Condition.UNCHECKED, reason=MoveReason.RECEIVE, ref=held.number, is_demo=held.is_demo,
        )  # fmt: skip
        # What was replaced in advance stays replaced, wherever it lies.
        if held.unit is not None and held.in_advance is None:
            change_unit_state(actor=actor, unit=held.unit, state=UnitState.RETURNED, data={"return": held.number})
        attach_checklist(item=held, template=template_for(kind=KIND, category=held.product.kind.code))
        to_stage(
            actor=actor, request=held, stage=Stage.RECEIVED, tell=tell, received_at=now(),
            received_by=actor if isinstance(actor, User) else None,
            receipt_note=clean_text(note, multiline=True, max_length=2000),
            refund_due_on=held.refund_due_on or today() + timedelta(days=refund_days_of(held.branch)),
        )  # fmt: skip
        add_files(actor=actor, request=held, files=files, step=FileStep.RECEIPT)
        audit(actor, held, "receive", {"serial": clean_text(serial, max_length=60)})
        old_piece_came(request=held)
        promise_money(request=held)
    return refreshed(request)


def _refuse_wrong_time(request: ReturnRequest) -> None:
    if request.received_at is not None:
        raise Conflict(
            "received_already",
            _("The goods of %(number)s were received already. Put a second parcel into quarantine.")
            % {"number": shown_ref(request.number)},
        )
    if request.stage not in {Stage.APPROVED, Stage.IN_TRANSIT}:
        raise Conflict(
            "not_approved",
            _("%(number)s is “%(state)s”: only approved returns are received. Put the parcel into quarantine.")
            % {"number": shown_ref(request.number), "state": request.stage_label},
        )
    if request.reason_code == Reason.NOT_DELIVERED or request.is_instant:
        raise Conflict("nothing_comes", _("For this return no goods are expected. Put the parcel into quarantine."))


def check_serial(unit: Unit, typed: str) -> None:
    """Raise DomainError unless ``typed`` is one of the unit's numbers."""
    folded = fold_identifier(typed)
    if not folded:
        raise DomainError(
            "serial_missing", _("Read the serial number from the goods and write it here."), field="serial"
        )
    known = {identifier.folded for identifier in unit.identifiers.all()}
    if folded not in known:
        raise DomainError(
            "serial_mismatch",
            _("This is not the serial number that was approved. Put the goods into quarantine, or look the return up."),
            field="serial",
        )


def _where_it_comes_from(actor: Any, request: ReturnRequest, from_quarantine: bool) -> tuple[Place, str]:
    if from_quarantine and request.unit is not None:
        position = UnitPosition.objects.select_related("place").filter(unit=request.unit).first()
        if position is not None and position.place.kind == PlaceKind.QUARANTINE:
            return position.place, position.condition
    start = with_customer(
        actor=actor, branch=request.purchase_line.purchase.branch, product=request.product, unit=request.unit,
        quantity=request.quantity, ref=request.number,
    )  # fmt: skip
    return start, Condition.USED
