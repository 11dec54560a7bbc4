"""Cases outside the house: at an office, a court, the company (US-30). No legal advice, only what is known."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes import policies
from halkhata.desks.disputes.choices import OutsideState
from halkhata.desks.disputes.models import Dispute, OutsideCase
from halkhata.desks.disputes.services.holding import hold_for
from halkhata.desks.disputes.services.locking import lock_dispute
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.days import day_at
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.text import clean_text

REMIND_DAYS = (7, 3, 1)


def open_case(
    *, actor: User, dispute: Dispute, case_number: str, office: str, hearing_at: datetime | None = None, note: str = ""
) -> OutsideCase:
    """Write a case down; nothing of the customer is erased while it is open.

    Raises NotFound, PermissionRefused; DomainError ``no_number``, ``no_office``; Conflict ``known_case``.
    """
    policies.require(actor, policies.OUTSIDE, dispute)
    number, place = clean_text(case_number, max_length=60), clean_text(office, max_length=160)
    if not number:
        raise DomainError("no_number", _("Write the number of the case."), field="case_number")
    if not place:
        raise DomainError("no_office", _("Write which office or court it is."), field="office")
    try:
        with transaction.atomic():
            held = lock_dispute(dispute.pk)
            case = OutsideCase.objects.create(
                dispute=held, case_number=number, office=place, hearing_at=hearing_at, opened_by=actor, opened_at=now(),
                note=clean_text(note, multiline=True, max_length=5000),
            )  # fmt: skip
            if held.hold is None or held.hold.ended_at is not None:
                hold_for(held)
            # Not in the dispute's own audit line: whoever reads that need not see this.
            record(actor=actor, action="dispute.case", record=case, after={"office": place, "hearing_at": hearing_at})
    except IntegrityError:
        raise Conflict("known_case", _("This case is written down already."), field="case_number") from None
    return case


def change_case(
    *, actor: User, case: OutsideCase, hearing_at: datetime | None, note: str, version: int | None = None
) -> OutsideCase:
    """Another day of hearing, another note. Raises NotFound, PermissionRefused, Conflict."""
    policies.require(actor, policies.OUTSIDE, case.dispute)
    with transaction.atomic():
        row = _held(case, version)
        before = {"hearing_at": row.hearing_at}
        row.hearing_at, row.note = hearing_at, clean_text(note, multiline=True, max_length=5000)
        row.version += 1
        row.save(update_fields=["hearing_at", "note", "version"])
        record(actor=actor, action="dispute.case_changed", record=row, before=before, after={"hearing_at": hearing_at})
    return row


def end_case(
    *, actor: User, case: OutsideCase, result: str, fine: Decimal | None = None, currency: str = "BDT",
    at: datetime | None = None, version: int | None = None,
) -> OutsideCase:  # fmt: skip
    """How it ended, and the fine if there was one. Raises NotFound, PermissionRefused, Conflict, DomainError."""
    policies.require(actor, policies.OUTSIDE, case.dispute)
    words = clean_text(result, multiline=True, max_length=5000)
    if not words:
        raise DomainError("no_result", _("Write how it ended."), field="result")
    if fine is not None and not 0 <= fine < Decimal("10000000000"):
        raise DomainError("bad_amount", _("Write an amount of money."), field="fine")
    with transaction.atomic():
        row = _held(case, version)
        row.state, row.result, row.ended_at, row.fine = OutsideState.ENDED, words, at or now(), fine
        row.currency = clean_text(currency, max_length=3).upper() if fine is not None else ""
        row.version += 1
        row.save(update_fields=["state", "result", "ended_at", "fine", "currency", "version"])
        record(actor=actor, action="dispute.case_ended", record=row, after={"result": words, "fine": fine})
    return row


def remind_of_hearings(at: datetime | None = None) -> int:
    """Notices seven days, three days and one day before a hearing, each once. Returns how many cases were told of."""
    moment = at or now()
    soon = OutsideCase.objects.filter(
        state=OutsideState.OPEN, hearing_at__gt=moment, hearing_at__lte=moment + timedelta(days=REMIND_DAYS[0] + 1)
    ).select_related("dispute__owner__role", "dispute__branch", "opened_by__role")
    told = 0
    for case in soon.order_by("hearing_at", "pk")[:500]:
        assert case.hearing_at is not None
        left = (day_at(case.dispute.branch, case.hearing_at) - day_at(case.dispute.branch, moment)).days
        due = [days for days in REMIND_DAYS if left <= days]
        if not due:
            continue
        days = min(due)
        for person in {case.opened_by, case.dispute.owner}:
            if person.is_active and person.may(policies.OUTSIDE):
                notify(
                    user=person, verb="dispute.hearing", item=case.dispute,
                    data={"days": left, "case": case.case_number, "office": case.office},
                    cause=f"hearing:{case.pk}:{case.hearing_at.date().isoformat()}:{days}:{person.pk}",
                )  # fmt: skip
        told += 1
    return told


def _held(case: OutsideCase, version: int | None) -> OutsideCase:
    row = OutsideCase.objects.select_for_update().filter(pk=case.pk).first()
    if row is None:
        raise NotFound("not_found", policies.NOT_HERE)
    if version is not None and row.version != version:
        raise Conflict(
            "changed_meanwhile",
            _("Somebody else changed this meanwhile. Nothing was saved; please look at it again."),
        )
    if row.state == OutsideState.ENDED:
        raise Conflict("ended", _("This case has ended."))
    return row
