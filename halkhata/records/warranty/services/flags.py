"""What looks like an attempt to get more than is due: written down once, looked at by people (A53.16)."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import day_of
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import Unit, UnitLife
from halkhata.records.warranty.choices import FlagKind
from halkhata.records.warranty.models import Flag
from halkhata.records.warranty.policies import require
from halkhata.records.warranty.registry import PartSwap, claim_verbs, part_sources
from halkhata.records.warranty.services.shop_rules import warranty_settings

YEAR = timedelta(days=365)


def raise_flag(*, unit: Unit, kind: str, key: str = "", data: dict[str, Any] | None = None) -> Flag:
    """Write the flag down; the same one again changes nothing, also after somebody cleared it."""
    flag, _made = Flag.objects.get_or_create(
        unit=unit, kind=kind, key=key[:80], defaults={"data": data or {}, "raised_at": now()}
    )
    return flag


def clear_flag(*, actor: User, flag: Flag, note: str) -> Flag:
    """Somebody looked at it; the words say what was found. Raises DomainError ``no_note``, Conflict ``cleared``."""
    require(actor, "warranty.register", flag.unit)
    words = clean_text(note, max_length=300)
    if not words:
        raise DomainError("no_note", _("Write what you found."), field="note")
    with transaction.atomic():
        held = Flag.objects.select_for_update().get(pk=flag.pk)
        if held.cleared_at is not None:
            raise Conflict("cleared", _("Somebody has looked at this already."))
        held.cleared_at, held.cleared_by, held.note = now(), actor, words
        held.save(update_fields=["cleared_at", "cleared_by", "note"])
        record(actor=actor, action="flag.clear", record=held, after={"kind": held.kind}, note=words)
    return held


def look_for_flags(*, since_days: int = 2) -> int:
    """Go through the lines of life of the last days and flag what stands out. Returns how many flags are new.

    Claims are lines whose verbs were registered (``claim_verbs``); swaps of parts come from ``part_sources``.
    """
    before = Flag.objects.count()
    since = now() - timedelta(days=since_days)
    verbs = [name for name, _entry in claim_verbs.items()]
    touched = UnitLife.objects.filter(verb__in=verbs, at__gte=since).order_by().values("unit_id").distinct()
    most = warranty_settings().many_claims
    claims: dict[int, list[UnitLife]] = defaultdict(list)
    for line in UnitLife.objects.filter(verb__in=verbs, unit__in=touched, at__gte=now() - YEAR).order_by("at"):
        claims[line.unit_id].append(line)
    units = {unit.pk: unit for unit in Unit.objects.filter(pk__in=claims)}
    for pk, lines in claims.items():
        unit = units[pk]
        if len(lines) > most:
            year = str(day_of(lines[-1].at).year)
            raise_flag(unit=unit, kind=FlagKind.MANY_CLAIMS, key=year, data={"count": len(lines), "most": most})
        early = [line for line in lines if unit.sold_on is not None and day_of(line.at) < unit.sold_on]
        for line in early:
            raise_flag(
                unit=unit, kind=FlagKind.CLAIM_BEFORE_SALE, key=str(line.pk),
                data={"on": day_of(line.at).isoformat(), "sold_on": str(unit.sold_on)},
            )  # fmt: skip
    _look_at_parts(since)
    return Flag.objects.count() - before


def _look_at_parts(since: datetime) -> None:
    """A part that was taken out of any unit and is put into one later."""
    swaps = sorted((swap for source in part_sources for swap in source()), key=lambda swap: swap.at)
    came_out: dict[str, PartSwap] = {}
    back: list[tuple[PartSwap, PartSwap]] = []
    for swap in swaps:
        put_in, taken_out = fold_identifier(swap.put_in), fold_identifier(swap.out)
        if put_in and put_in in came_out and swap.at >= since:
            back.append((swap, came_out[put_in]))
        if taken_out:
            came_out.setdefault(taken_out, swap)
    ids = {swap.unit_id for pair in back for swap in pair}
    units = Unit.objects.in_bulk(ids)
    for swap, earlier in back:
        raise_flag(
            unit=units[swap.unit_id], kind=FlagKind.PARTS_BACK, key=fold_identifier(swap.put_in),
            data={"part": swap.put_in, "from": units[earlier.unit_id].number},
        )  # fmt: skip
