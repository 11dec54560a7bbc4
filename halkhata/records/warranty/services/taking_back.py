"""Registrations of a list that is taken back as a whole: those that nobody has looked at leave no trace."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from halkhata.foundation.audit.trail import record
from halkhata.records.warranty.choices import EvidenceState, FlagKind
from halkhata.records.warranty.models import Flag, Registration
from halkhata.records.warranty.policies import require


def take_back_registrations(*, actor: Any, ids: Collection[int]) -> dict[int, str]:
    """Remove those that still wait to be checked, with what they raised. Returns why one was left: "used"."""
    require(actor, "warranty.register")
    left: dict[int, str] = {}
    with transaction.atomic():
        for held in Registration.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("-pk"):
            if held.state != EvidenceState.UNVERIFIED or held.work_number or held.version != 1:
                left[held.pk] = "used"
                continue
            record(
                actor=actor, action="registration.take_back", record=held,
                before={"serial": held.serial, "bought_on": held.bought_on, "channel": held.channel},
            )  # fmt: skip
            Flag.objects.filter(kind=FlagKind.REGISTERED_TWICE, key=held.number, cleared_at__isnull=True).delete()
            held.delete()
    return left
