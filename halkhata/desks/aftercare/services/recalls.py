"""Starting and closing recalls (A53.15)."""

import re
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.aftercare import policies
from halkhata.desks.aftercare.choices import RecallState, TextStanding
from halkhata.desks.aftercare.events import RecallStarted
from halkhata.desks.aftercare.models import Recall, RecallUnit
from halkhata.desks.aftercare.selectors.recalls import Match, matching
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.sequences import next_number
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import Brand, Product
from halkhata.records.customers.services.names import place_names

# Work numbers have letters of their own; this one stands on papers of the company.
PREFIX = "RC"
MOST_LISTED = 20_000
PART = 500
_BETWEEN = re.compile(r"[\n,;\t،]+")


def read_list(text: str) -> list[str]:
    """The numbers of a pasted list, folded, each once. Raises DomainError ``too_many``."""
    found = list(dict.fromkeys(filter(None, (fold_identifier(one) for one in _BETWEEN.split(text or "")))))
    if len(found) > MOST_LISTED:
        raise DomainError("too_many", _("These are too many numbers for one list."), field="serials")
    return [one[:60] for one in found]


def preview_recall(
    *, actor: Any, brand: Brand, product: Product | None = None, serial_from: str = "", serial_to: str = "",
    serials: str = "",
) -> Match:  # fmt: skip
    """Which units it would be about; nothing is written. Raises PermissionRefused and what a bad range says."""
    policies.require(actor, policies.RECALL)
    first, last, listed = _which(brand, product, serial_from, serial_to, serials)
    return matching(brand=brand, product=product, serial_from=first, serial_to=last, serials=listed)


def start_recall(
    *,
    actor: Any,
    brand: Brand,
    product: Product | None = None,
    serial_from: str = "",
    serial_to: str = "",
    serials: str = "",
    name_bn: str = "",
    name_en: str = "",
    text_bn: str = "",
    text_en: str = "",
    remedy: str = "",
    company_ref: str = "",
    stop_use: bool = False,
    sends_texts: bool = True,
    is_demo: bool = False,
) -> Recall:
    """Start a recall: of every unit in the book, whichever branch has it; owners wait to be told.

    Raises PermissionRefused, DomainError ``no_name``, ``no_text``, ``bad_range``, ``other_brand``, ``no_serials``,
    ``too_many``.
    """
    policies.require(actor, policies.RECALL)
    bn, en = place_names(name_bn, name_en)
    if not bn and not en:
        raise DomainError("no_name", _("Give it a name in one of the languages."), field="name_bn")
    words_bn, words_en = clean_text(text_bn, max_length=300), clean_text(text_en, max_length=300)
    if not words_bn and not words_en:
        raise DomainError("no_text", _("Write what owners are told, in one of the languages."), field="text_bn")
    first, last, listed = _which(brand, product, serial_from, serial_to, serials)
    with transaction.atomic():
        match = matching(brand=brand, product=product, serial_from=first, serial_to=last, serials=listed)
        recall = Recall.objects.create(
            number=next_number(PREFIX), name_bn=bn, name_en=en, brand=brand, product=product, serial_from=first,
            serial_to=last, is_list=bool(listed), missing=list(match.missing), text_bn=words_bn, text_en=words_en,
            remedy=clean_text(remedy, multiline=True, max_length=5_000),
            company_ref=clean_text(company_ref, max_length=60), stop_use=stop_use, sends_texts=sends_texts,
            created_by=actor if isinstance(actor, User) else None, created_at=now(), is_demo=is_demo,
        )  # fmt: skip
        add_units(recall, match.unit_ids)
        record(
            actor=actor, action="recall.start", record=recall,
            after={"units": len(match.unit_ids), "missing": len(match.missing), "from": first, "to": last},
        )  # fmt: skip
        publish(RecallStarted(recall_id=recall.pk, number=recall.number, units=len(match.unit_ids)))
    return recall


def add_units(recall: Recall, unit_ids: tuple[int, ...]) -> int:
    """Put units on a recall's list, each once. Returns how many are new."""
    known = set(RecallUnit.objects.filter(recall=recall, unit__in=unit_ids).values_list("unit_id", flat=True))
    at = now()
    state = TextStanding.WAITING if recall.sends_texts else TextStanding.OFF
    new = [
        RecallUnit(recall=recall, unit_id=pk, text_state=state, text_at=at, is_demo=recall.is_demo)
        for pk in unit_ids
        if pk not in known
    ]
    RecallUnit.objects.bulk_create(new, ignore_conflicts=True, batch_size=PART)
    return len(new)


def close_recall(*, actor: Any, recall: Recall, version: int | None = None) -> Recall:
    """The company has ended it: nobody is called any more, nothing is shown on units. Raises Conflict ``closed``."""
    policies.require(actor, policies.RECALL)
    with transaction.atomic():
        held = Recall.objects.select_for_update(of=("self",)).get(pk=recall.pk)
        if version is not None and held.version != version:
            raise Conflict("changed_meanwhile", _("Somebody else changed it meanwhile. Please look again."))
        if held.closed_at is not None:
            raise Conflict("closed", _("This recall is closed already."))
        held.closed_at, held.version = now(), held.version + 1
        held.save(update_fields=["closed_at", "version"])
        left = RecallUnit.objects.filter(recall=held).exclude(state=RecallState.DONE).count()
        record(actor=actor, action="recall.close", record=held, after={"left": left})
    return held


def find_new_units() -> int:
    """Units that were written down after their recall began. Each night; returns how many were added."""
    added = 0
    for pk in list(Recall.objects.filter(closed_at__isnull=True).values_list("pk", flat=True)):
        with transaction.atomic():
            recall = Recall.objects.select_for_update(of=("self",)).select_related("brand", "product").get(pk=pk)
            listed = list(recall.missing)
            if recall.closed_at is not None or not (listed or recall.serial_from or _is_whole(recall)):
                continue
            match = matching(
                brand=recall.brand, product=recall.product, serial_from=recall.serial_from,
                serial_to=recall.serial_to, serials=listed,
            )  # fmt: skip
            new = add_units(recall, match.unit_ids)
            if listed and len(match.missing) < len(listed):
                recall.missing = list(match.missing)
                recall.save(update_fields=["missing"])
            if new:
                record(actor=SYSTEM, action="recall.found", record=recall, after={"units": new})
            added += new
    return added


def _is_whole(recall: Recall) -> bool:
    """Whether it is about all units of its product: neither a range nor a list was given."""
    return recall.product_id is not None and not recall.serial_from and not recall.is_list


def _which(
    brand: Brand, product: Product | None, serial_from: str, serial_to: str, serials: str
) -> tuple[str, str, list[str]]:
    """Range and list, folded and checked."""
    if product is not None and product.brand_id != brand.pk:
        raise DomainError("other_brand", _("This product is of another brand."), field="product")
    listed = read_list(serials)
    first, last = fold_identifier(serial_from), fold_identifier(serial_to)
    if listed and (first or last):
        raise DomainError("bad_range", _("Give either a range or a list."), field="serials")
    if bool(first) != bool(last):
        raise DomainError("bad_range", _("A range needs its first and its last number."), field="serial_to")
    if first and (len(first) != len(last) or first > last):
        raise DomainError(
            "bad_range", _("The last number must be as long as the first and not before it."), field="serial_to"
        )
    if not listed and not first and product is None:
        raise DomainError("no_serials", _("Give a range or a list, or choose the product."), field="serial_from")
    return first[:60], last[:60], listed
