"""What a merge says about consent. The ledger stays where it is; of two answers the stricter holds (N5)."""

from collections import defaultdict
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import MergeParticipant
from halkhata.records.privacy.choices import ConsentState, ContactChannel, Purpose
from halkhata.records.privacy.models import ConsentEvent, LegalHold
from halkhata.records.privacy.selectors.consents import standing_of

_NO = (ConsentState.WITHDRAWN, ConsentState.ASKED)


def preview(survivor: Customer, merged: Customer) -> list[Any]:
    """A sentence for each consent on which the two differ, and one for a legal hold of the one who goes."""
    both = (survivor.pk, merged.pk)
    held = Exists(LegalHold.objects.filter(customer=OuterRef("pk"), ended_at__isnull=True))
    people = list(
        Customer.objects.filter(Q(pk__in=both) | Q(merged_into__in=both))
        .order_by("pk")
        .values_list("pk", "merged_into_id", held)
    )
    acts: dict[tuple[str, str], list[ConsentEvent]] = defaultdict(list)
    for event in ConsentEvent.objects.filter(customer_id__in=[pk for pk, _into, _held in people]).order_by("at", "id"):
        acts[event.purpose, event.channel].append(event)
    families = [[pk for pk, into, _held in people if one in (pk, into)] for one in both]
    sentences: list[Any] = []
    for purpose in Purpose:
        for channel in ContactChannel:
            found = [standing_of(acts[purpose, channel], family).state for family in families]
            states = set(found) - {ConsentState.NONE}
            if len(states) > 1 and states & set(_NO):
                sentences.append(
                    format_lazy(
                        _("{purpose}, {channel}: one of the two agreed and the other did not. The stricter holds."),
                        purpose=purpose.label, channel=channel.label,
                    )
                )  # fmt: skip
    if any(is_held and merged.pk in (pk, into) for pk, into, is_held in people):
        sentences.append(_("A legal hold goes along: nothing of both may be erased."))
    return sentences


def _nothing(**_values: Any) -> None:
    """Consents, requests and holds are read together with those of the aliases: nothing moves, nothing to undo."""


PARTICIPANT = MergeParticipant(merge=_nothing, unmerge=_nothing, preview=preview, order=50)
