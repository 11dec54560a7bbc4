"""Changing the rules of the desk."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import FollowUpBy, ReopensTo
from halkhata.desks.tickets.models import FOLLOW_UP_COLUMNS, DeskSettings
from halkhata.desks.tickets.selectors.rules import DeskRules, desk_rules
from halkhata.desks.tickets.services.settings_guard import require_settings
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.reader import current_reader

LONGEST_DAYS = 90
LONGEST_CLOSING = 365
MOST_PER_ADDRESS = 10_000
MOST_PER_CUSTOMER = 100


def save_desk_rules(
    *,
    actor: Actor | None,
    reopen_days: int,
    follow_up_days: Sequence[int],
    closes_after_days: int | None,
    form_per_address: int,
    form_per_customer: int,
    reopens_to: str = ReopensTo.OPEN,
    follow_up_by: str = FollowUpBy.CALL,
    version: int | None = None,
) -> DeskRules:
    """Set the rules; they hold for what happens from now on. What is planned already stays planned.

    Days on which a call is planned are put in order, and a day named twice counts once. Raises PermissionRefused;
    DomainError at the field that is out of bounds; Conflict ``changed_meanwhile`` when ``version`` is not current.
    """
    require_settings(actor)
    days = sorted(set(follow_up_days))
    _check("reopen_days", reopen_days, LONGEST_DAYS)
    _check("form_per_address", form_per_address, MOST_PER_ADDRESS)
    _check("form_per_customer", form_per_customer, MOST_PER_CUSTOMER)
    if reopens_to not in ReopensTo.values:
        raise DomainError("unknown_state", _("Choose a state from the list."), field="reopens_to")
    if follow_up_by not in FollowUpBy.values:
        raise DomainError("unknown", _("Please choose from the list."), field="follow_up_by")
    if len(days) > len(FOLLOW_UP_COLUMNS):
        raise DomainError("too_many_days", _("At most five calls after one complaint."), field="follow_up_days")
    for day in days:
        _check("follow_up_days", day, LONGEST_DAYS)
    if closes_after_days is not None:
        _check("closes_after_days", closes_after_days, LONGEST_CLOSING)
        if closes_after_days < reopen_days:
            raise DomainError(
                "closes_too_early",
                _("Not before the time to open it again is over: closed is for good."),
                field="closes_after_days",
            )
    with transaction.atomic():
        DeskSettings.objects.get_or_create(pk=1)
        row = DeskSettings.objects.select_for_update().get(pk=1)
        if version is not None and row.version != version:
            raise Conflict(
                "changed_meanwhile", _("Somebody else changed these rules meanwhile. Please look at them again.")
            )
        before = _state(row)
        row.reopen_days, row.reopens_to = reopen_days, str(reopens_to)
        row.closes_after_days, row.follow_up_by = closes_after_days, str(follow_up_by)
        row.form_per_address, row.form_per_customer = form_per_address, form_per_customer
        for place, column in enumerate(FOLLOW_UP_COLUMNS):
            setattr(row, column, days[place] if place < len(days) else None)
        row.version += 1
        row.save()
        record(actor=actor, action="desk_rules.save", record=row, before=before, after=_state(row))
    return desk_rules()


def rules_version() -> int:
    """What ``save_desk_rules`` takes as ``version``: of the rules as they are now."""
    return DeskSettings.objects.filter(pk=1).values_list("version", flat=True).first() or DeskSettings().version


def out_of_bounds(highest: int) -> str:
    """What a number that is not in 1–``highest`` is told, in the reader's digits."""
    digits = current_reader().digits
    return str(
        _("Write a number from %(lowest)s to %(highest)s.")
        % {"lowest": show_digits("1", digits=digits), "highest": show_digits(str(highest), digits=digits)}
    )


def _check(field: str, value: int, highest: int) -> None:
    if not 1 <= value <= highest:
        raise DomainError("out_of_bounds", out_of_bounds(highest), field=field)


def _state(row: DeskSettings) -> dict[str, Any]:
    return {
        "reopen_days": row.reopen_days,
        "reopens_to": row.reopens_to,
        "follow_up_days": list(row.follow_up_days),
        "follow_up_by": row.follow_up_by,
        "closes_after_days": row.closes_after_days,
        "form_per_address": row.form_per_address,
        "form_per_customer": row.form_per_customer,
    }
