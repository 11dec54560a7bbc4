"""Taking hold of a return, and moving it from stage to stage."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns.choices import FLAG_OF_STAGE, TRANSITIONS, Stage
from halkhata.desks.returns.events import ReturnMoved
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.services.eligibility import already_open, nothing_left
from halkhata.engines.work.choices import StateFlag, WorkEventKind
from halkhata.engines.work.services.items import change_state, lock_item, record_event
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.errors import Conflict, NotFound
from halkhata.foundation.core.outbox import publish
from halkhata.records.catalog.services.life import write_life
from halkhata.records.customers.services.activities import record_activity

# Stages in which a person decides something for the customer.
_ANSWERS = frozenset({Stage.APPROVED, Stage.REJECTED, Stage.DECIDED})


def lock_return(pk: int, *, version: int | None = None) -> ReturnRequest:
    """The return with its row locked. Raises Conflict when ``version`` is no longer current, NotFound when gone."""
    lock_item(pk, version=version)
    request = (
        ReturnRequest.objects.select_related(
            "customer", "owner", "branch", "team", "purchase_line__purchase__branch", "product__kind", "unit__product",
            "policy__advance_terms", "advance",
        )
        .filter(pk=pk)
        .first()
    )  # fmt: skip
    if request is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return request


def url_of(request: ReturnRequest) -> str:
    """The page of a return."""
    return f"/returns/{request.number}/"


def to_stage(
    *,
    actor: Actor | None,
    request: ReturnRequest,
    stage: Stage,
    at: datetime | None = None,
    tell: bool = True,
    **columns: Any,
) -> None:
    """Move a held return on, with the columns that go along: row, history, audit, timeline, life, event.

    Raises Conflict ``step_not_allowed`` for a step the machine has not; the database refuses it, too.
    """
    before = Stage(request.stage)
    if stage not in TRANSITIONS[before]:
        raise Conflict(
            "step_not_allowed",
            _("A return that is “%(from)s” cannot become “%(to)s”.") % {"from": before.label, "to": stage.label},
            stage=before.value,
        )
    if stage in _ANSWERS and tell and isinstance(actor, User):
        # A person says something that the customer reads: the promise of an answer is kept.
        said = {"stage": stage.value}
        record_event(actor=actor, item=request, kind=WorkEventKind.HUMAN_REPLY, at=at, is_update=True, data=said)
    write_columns(request, stage=stage, **columns)
    change_state(
        actor=actor, item=request, state=stage, state_flag=FLAG_OF_STAGE.get(stage, StateFlag.OPEN), at=at,
        data={"result": request.result} if request.result else None,
    )  # fmt: skip
    data = {"number": request.number, "stage": stage.value, "result": request.result}
    if stage in {Stage.APPROVED, Stage.REJECTED, Stage.RECEIVED, Stage.DECIDED, Stage.CLOSED}:
        record_activity(
            customer=request.customer, verb="return.moved", data=data, url=url_of(request), actor=actor, at=at
        )
        if request.unit is not None:
            write_life(actor=actor, unit=request.unit, verb="return.moved", at=at, data=data, url=url_of(request))
    publish(
        ReturnMoved(
            request_id=request.pk, number=request.number, before=before, stage=stage, customer_id=request.customer_id,
            branch_id=request.branch_id, tell=tell and not request.is_demo,
        )
    )  # fmt: skip


def write_columns(request: ReturnRequest, **columns: Any) -> None:
    """Write the desk's own columns of a held return. What the database refuses is said in words."""
    try:
        with transaction.atomic():
            ReturnRequest.objects.filter(pk=request.pk).update(**columns)
    except IntegrityError as error:
        raise in_words(error) from error
    for name, value in columns.items():
        setattr(request, name, value)


_REFUSALS = {
    "returns_not_more_than_price": _("That is more than was paid for it."),
    "returns_more_than_paid": _("That is more than was paid for it, with what was given back before."),
    "returns_four_eyes": _("Above the limit of the shop, whoever inspected may not decide: ask a colleague."),
    "returns_money_goes_back_its_way": _("Money goes back the way it was paid, or you say why not."),
    "returns_closed_is_final": _("This return is closed: nothing of it changes any more."),
    "returns_step_not_allowed": _("This step is not possible now."),
}


def in_words(error: IntegrityError) -> Conflict:
    """What the database refused, as people are told. Raises the error again when it is something else."""
    text = str(error)
    if "returns_more_than_sold" in text:
        return nothing_left_now()
    if "returns_one_open_per_unit" in text or "returns_returnrequest.unit_id" in text:
        return already_open()
    for code, words in _REFUSALS.items():
        if code in text:
            return Conflict(code.removeprefix("returns_"), words)
    raise error


def nothing_left_now() -> Conflict:
    """Somebody else was faster."""
    return Conflict("nothing_left", _("All that was bought on this line is given back already."), field="quantity")


def audit(actor: Actor | None, request: ReturnRequest, action: str, after: dict[str, Any], note: str = "") -> None:
    """One entry of the audit trail about a return."""
    record(actor=actor, action=f"return.{action}", record=request, after=after, note=note)


__all__ = ["audit", "in_words", "lock_return", "nothing_left", "to_stage", "url_of", "write_columns"]
