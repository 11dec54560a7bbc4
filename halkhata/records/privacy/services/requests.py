"""Requests about one's own data, with their clock (E.8, N9)."""

import calendar
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.sequences import next_number
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.locking import lock_values
from halkhata.records.privacy.choices import ConsentSource, RequestKind, RequestState
from halkhata.records.privacy.models import DataRequest
from halkhata.records.privacy.policies import require_privacy
from halkhata.records.privacy.selectors.family import family_of, survivor_id
from halkhata.records.privacy.services.consents import object_to_everything

PREFIX = "P"
MONTHS, MORE_MONTHS = 1, 2


def months_after(moment: datetime, months: int) -> datetime:
    """The same day so many months later, or that month's last day (Regulation 1182/71, Art. 3)."""
    index = moment.month - 1 + months
    year, month = moment.year + index // 12, index % 12 + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


@transaction.atomic
def open_request(
    *,
    actor: Any,
    kind: str,
    customer: Customer | None,
    received_how: str = ConsentSource.COUNTER,
    what: str = "",
    identity_check: str = "",
    received_at: datetime | None = None,
) -> DataRequest:
    """Write down that somebody asks about their data. An objection to advertising takes effect at once (Art. 21(3)).

    Raises PermissionRefused, DomainError ``bad_kind``, ``in_future``.
    """
    require_privacy(actor)
    if kind not in RequestKind.values:
        raise DomainError("bad_kind", _("There is no such request."), field="kind")
    at = received_at or now()
    if at > now():
        raise DomainError("in_future", _("This time is still to come."), field="received_at")
    person = Customer.objects.get(pk=survivor_id(customer.pk)) if customer is not None else None
    row = DataRequest.objects.create(
        number=next_number(PREFIX),
        kind=kind,
        customer=person,
        received_at=at,
        received_how=received_how,
        what=clean_text(what, multiline=True, max_length=4000),
        identity_check=clean_text(identity_check, max_length=200),
        due_at=months_after(at, MONTHS),
        written_by_id=getattr(actor, "pk", None),
        is_demo=person.is_demo if person is not None else False,
    )
    record(actor=actor, action="privacy.request", record=row, after={"kind": kind, "due_at": row.due_at})
    record_activity(customer=person, verb="privacy.request", data={"number": row.number, "kind": kind}, actor=actor)
    if kind == RequestKind.OBJECTION and person is not None:
        object_to_everything(actor=actor, customer=person, source=received_how, proof=row.number)
    return row


@transaction.atomic
def request_by_themselves(*, customer: Customer, kind: str, what: str, received_how: str) -> DataRequest:
    """A request on a page of ours by whoever has shown the code sent to their phone.

    The same request that is open already is not written twice: its clock runs from the first.
    Raises DomainError ``bad_kind``.
    """
    ids = family_of(customer.pk)
    lock_values([f"request:{ids[0]}"])
    known = DataRequest.objects.filter(customer_id__in=ids, kind=kind, state=RequestState.OPEN).order_by("id").first()
    if known is not None:
        return known
    return open_request(
        actor=None, kind=kind, customer=customer, received_how=received_how, what=what,
        identity_check=str(_("By the code sent to their phone")),
    )  # fmt: skip


@transaction.atomic
def extend_request(*, actor: Any, request: DataRequest, reason: str) -> DataRequest:
    """Take two months more, once, for a request that is hard to answer; the person is told why (Art. 12(3)).

    Raises PermissionRefused, Conflict ``not_open``, ``extended_before`` or ``too_late``, DomainError ``no_reason``.
    """
    row = _lock(actor, request)
    if row.extended_at is not None:
        raise Conflict("extended_before", _("This request was given more time already: only once is allowed."))
    if now() > row.due_at:
        raise Conflict("too_late", _("The month is over: the person had to be told within it."))
    words = clean_text(reason, max_length=300)
    if not words:
        raise DomainError("no_reason", _("Say why it takes longer."), field="reason")
    row.extended_at, row.extension_reason = now(), words
    row.due_at = months_after(row.received_at, MONTHS + MORE_MONTHS)
    return _save(actor, row, "privacy.request_extended", {"due_at": row.due_at})


@transaction.atomic
def end_request(*, actor: Any, request: DataRequest, answer: str, refused: bool = False) -> DataRequest:
    """Close a request with what the person was told. A refusal needs its reason (Art. 12(4)).

    Raises PermissionRefused, Conflict ``not_open``, DomainError ``no_reason``.
    """
    row = _lock(actor, request)
    words = clean_text(answer, multiline=True, max_length=4000)
    if refused and not words:
        raise DomainError("no_reason", _("Say why it is refused."), field="answer")
    row.state = RequestState.REFUSED if refused else RequestState.DONE
    row.answer, row.ended_at, row.ended_by_id = words, now(), getattr(actor, "pk", None)
    return _save(actor, row, "privacy.request_ended", {"state": row.state})


def _lock(actor: Any, request: DataRequest) -> DataRequest:
    require_privacy(actor)
    row = DataRequest.objects.select_for_update().get(pk=request.pk)
    if row.state != RequestState.OPEN:
        raise Conflict("not_open", _("This request has ended already."))
    return row


def _save(actor: Any, row: DataRequest, action: str, after: dict[str, Any]) -> DataRequest:
    row.version += 1
    row.save()
    record(actor=actor, action=action, record=row, after=after)
    return row
