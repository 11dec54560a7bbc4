"""Old parts: a tag on each, and the list with which they go to the company (US-33 AC 4)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from halkhata.desks.claims import policies
from halkhata.desks.claims.choices import Stage
from halkhata.desks.claims.models import Claim, Dispatch, OldPart
from halkhata.desks.claims.services.locking import audit, lock_claim, touched
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import today


def tag_part(
    *, actor: Any, claim: Claim, name: str, serial: str = "", shelf: str = "", version: int | None = None
) -> OldPart:
    """Put a tag on a part that was taken out. Raises PermissionRefused, NotFound, Conflict ``withdrawn``, DomainError
    ``name_missing``.
    """
    policies.require(actor, policies.EDIT, claim)
    words = clean_text(name, max_length=200)
    if not words:
        raise DomainError("name_missing", _("Say which part it is."), field="name")
    with transaction.atomic():
        held = lock_claim(claim.pk, version=version)
        if held.stage == Stage.WITHDRAWN:
            raise Conflict("withdrawn", _("This claim was taken back."))
        last = held.old_parts.aggregate(last=Max("place"))["last"] or 0
        part = OldPart.objects.create(
            claim=held, place=last + 1, name=words, serial=clean_text(serial, max_length=60).upper(),
            shelf=clean_text(shelf, max_length=60),
        )  # fmt: skip
        touched(held)
        audit(actor, held, "part_tag", {"tag": part.tag, "name": words})
    claim.refresh_from_db()
    return part


def send_parts(
    *,
    actor: Any,
    parts: Sequence[int],
    sent_on: date,
    courier: str,
    consignment: str = "",
    note: str = "",
) -> Dispatch:
    """Send waiting parts of one company in one parcel. Each part goes once.

    Raises PermissionRefused, NotFound for a part out of sight, Conflict ``sent_already``, DomainError
    ``parts_missing``, ``courier_missing``, ``in_future``, ``several_companies``.
    """
    policies.require(actor, policies.EDIT)
    who = clean_text(courier, max_length=80)
    if not parts:
        raise DomainError("parts_missing", _("Choose at least one part."), field="parts")
    if not who:
        raise DomainError("courier_missing", _("Write who takes it there."), field="courier")
    if sent_on > today():
        raise DomainError("in_future", _("This day is still to come."), field="sent_on")
    with transaction.atomic():
        rows = list(
            OldPart.objects.select_for_update(of=("self",))
            .select_related("claim__brand", "claim__branch")
            .filter(pk__in=parts)
            .order_by("pk")
        )
        seen = Claim.objects.visible_to(actor) if isinstance(actor, User) else Claim.objects.all()
        ids = {row.claim_id for row in rows}
        if len(rows) != len(set(parts)) or seen.filter(pk__in=ids).count() != len(ids):
            raise NotFound("not_found", policies.NOTHING_HERE)
        if any(row.dispatch_id for row in rows):
            raise Conflict("sent_already", _("One of these parts was sent already."))
        if len({row.claim.brand_id for row in rows}) > 1:
            raise DomainError("several_companies", _("Parts of one company go in one parcel."), field="parts")
        first = rows[0].claim
        made = Dispatch.objects.create(
            brand=first.brand, branch=first.branch, sent_on=sent_on, courier=who, is_demo=first.is_demo,
            consignment=clean_text(consignment, max_length=80), note=clean_text(note, max_length=300),
            sent_by=actor if isinstance(actor, User) else None,
        )  # fmt: skip
        sent = OldPart.objects.filter(pk__in=parts, dispatch__isnull=True).update(dispatch=made)
        if sent != len(rows):
            raise Conflict("sent_already", _("One of these parts was sent already."))
        record(
            actor=actor, action="claim.parts_sent", record=made,
            after={"tags": [row.tag for row in rows], "courier": who, "consignment": made.consignment},
        )  # fmt: skip
    return made
