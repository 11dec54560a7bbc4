"""Addresses that nothing is sent to any more, and taking an address off that list (A52.6)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import SuppressionKind
from halkhata.engines.messaging.models import SoftBounce, Suppression
from halkhata.engines.messaging.policies import can_lift_suppressions, suppressions_visible_to
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import NotFound, PermissionRefused
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.contacts import mark_unreachable


def suppress(*, address: str, kind: str = SuppressionKind.BOUNCED, reason: str) -> None:
    """Send nothing to this address any more, and show it as undeliverable on the customer's card.

    ``kind`` is one of SuppressionKind; ``reason`` is what the other mail server said. A second reason changes nothing.
    """
    words = clean_text(reason, max_length=200)
    Suppression.objects.get_or_create(
        address=address.lower()[:254], defaults={"kind": kind, "reason": words, "since": now()}
    )
    mark_unreachable(address=address.lower(), reason=words)


def is_suppressed(address: str) -> bool:
    """Whether nothing is sent to the address."""
    return Suppression.objects.filter(address=address.lower()).exists()


@transaction.atomic
def lift_suppression(*, actor: User, suppression: Suppression) -> None:
    """Write to this address again: its bounces are forgotten, and it counts as reachable wherever it is known.

    Mail that was kept back meanwhile stays in the outbox, where a person sends it. Raises PermissionRefused, and
    NotFound when it is out of reach or somebody was faster.
    """
    if not can_lift_suppressions(actor):
        raise PermissionRefused("permission_refused", _("Your role does not allow this."))
    visible = suppressions_visible_to(actor).filter(pk=suppression.pk).values("pk")
    row = Suppression.objects.select_for_update().filter(pk__in=visible).first()
    if row is None:
        raise NotFound("not_suppressed", _("Mail is sent to this address."))
    record(
        actor=actor,
        action="suppression.lift",
        record=row,
        before={"address": row.address, "kind": row.kind, "reason": row.reason, "since": row.since},
    )
    SoftBounce.objects.filter(address=row.address).delete()
    address = row.address
    row.delete()
    _mark_reachable(actor, address)


def _mark_reachable(actor: User, address: str) -> None:
    points = ContactPoint.objects.select_for_update(of=("self",)).select_related("customer")
    for point in points.filter(kind=ContactKind.EMAIL, value=address, is_reachable=False).order_by("id"):
        point.is_reachable, point.unreachable_reason = True, ""
        point.save(update_fields=["is_reachable", "unreachable_reason"])
        record_activity(customer=point.customer, verb="message.address_lifted", data={"address": address}, actor=actor)
