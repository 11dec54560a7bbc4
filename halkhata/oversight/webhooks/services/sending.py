"""Making the calls: at least once, the same body under the same id, further and further apart, then given up."""

import logging
import os
import random
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.outbound_http import AddressRefused, NoAnswer, send
from halkhata.oversight.webhooks.catalogue import EVENTS
from halkhata.oversight.webhooks.choices import DeliveryState, OffReason
from halkhata.oversight.webhooks.models import WebhookDelivery, WebhookEndpoint
from halkhata.oversight.webhooks.policies import may_hear
from halkhata.oversight.webhooks.services.endpoints import switch_off
from halkhata.oversight.webhooks.signing import sign, unseal

logger = logging.getLogger(__name__)

# Longer than a call can last: who holds a delivery longer is dead, and it is sent again.
LEASE = timedelta(seconds=60)
# Seconds until the next try; all tries together last about a day.
BACK_OFF = (10, 60, 300, 1800, 7200, 14400, 28800, 32400)
JITTER = 0.2
GIVE_UP_AFTER = timedelta(hours=24)
SWITCH_OFF_AFTER = timedelta(days=3)
# How long a server that did not answer at all is left alone, doubled with each further failure.
PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one try ended. ``is_down``: the server itself is in trouble, not this one event."""

    status: int | None = None
    error: str = ""
    is_down: bool = False
    wait: int = 0

    @property
    def is_good(self) -> bool:
        """Any 2xx."""
        return self.status is not None and 200 <= self.status < 300


def due_endpoints(at: datetime) -> list[int]:
    """Endpoints for which something is to be sent now."""
    return list(
        WebhookEndpoint.objects.filter(
            Q(paused_until__isnull=True) | Q(paused_until__lte=at),
            is_active=True,
            deliveries__state=DeliveryState.PENDING,
            deliveries__next_try_at__lte=at,
        )
        .distinct()
        .values_list("pk", flat=True)
    )


def send_next(endpoint_id: int) -> str:
    """Send the endpoint's oldest due delivery. Returns its state afterwards, "" when there is none (or it pauses)."""
    at = now()
    endpoint = (
        WebhookEndpoint.objects.select_related("owner__role", "owner__branch", "branch")
        .filter(Q(paused_until__isnull=True) | Q(paused_until__lte=at), pk=endpoint_id, is_active=True)
        .first()
    )
    if endpoint is None:
        return ""
    due = WebhookDelivery.objects.filter(endpoint=endpoint, state=DeliveryState.PENDING, next_try_at__lte=at)
    for delivery_id in due.order_by("next_try_at", "id").values_list("pk", flat=True)[:5]:
        delivery = _take(delivery_id)
        if delivery is not None:
            return _send(endpoint, delivery)
    return ""


def _take(delivery_id: int) -> WebhookDelivery | None:
    """Hold a due delivery for LEASE. None: somebody else has it."""
    at, me = now(), f"{os.getpid()}-{secrets.token_hex(8)}"
    taken = WebhookDelivery.objects.filter(pk=delivery_id, state=DeliveryState.PENDING, next_try_at__lte=at).update(
        locked_by=me, next_try_at=at + LEASE, attempts=F("attempts") + 1
    )
    return WebhookDelivery.objects.get(pk=delivery_id) if taken else None


def _send(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> str:
    if not endpoint.owner.may("webhook.edit"):
        switch_off(endpoint, reason=OffReason.OWNER)
        return DeliveryState.DEAD
    public = EVENTS.get(delivery.event)
    if public is None or not may_hear(
        endpoint.owner,
        permission=public.permission,
        item_id=delivery.item_id,
        customer_id=delivery.customer_id,
        branch=endpoint.branch,
    ):
        return _end(delivery, state=DeliveryState.WITHHELD, status=None, error="")
    return _settle(endpoint, delivery, _call(endpoint, delivery))


def _call(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> Outcome:
    at = now()
    body = delivery.body.encode()
    stamp = int(at.timestamp())
    sealed = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_secret_until and endpoint.previous_secret_until > at:
        sealed.append(endpoint.previous_secret)
    keys = [secret for secret in map(unseal, sealed) if secret]
    if not keys:
        return Outcome(error="secret_lost", is_down=True)
    try:
        answer = send(
            "POST",
            endpoint.url,
            headers={
                "Content-Type": "application/json",
                "User-Agent": "Halkhata-Webhooks/1",
                "webhook-id": delivery.webhook_id,
                "webhook-timestamp": str(stamp),
                "webhook-signature": " ".join(
                    sign(key, webhook_id=delivery.webhook_id, timestamp=stamp, body=body) for key in keys
                ),
            },
            body=body,
            max_answer=1024,
        )
    except AddressRefused as error:
        return Outcome(error=error.code, is_down=True)
    except NoAnswer as error:
        return Outcome(error=error.code, is_down=True)
    wait = answer.headers.get("retry-after", "")
    return Outcome(
        status=answer.status,
        # The body of an answer is the receiver's own and is not kept: it may hold what is not ours to show (B40).
        error="" if 200 <= answer.status < 300 else f"http_{answer.status}",
        is_down=answer.status >= 500 or answer.status in {408, 429},
        wait=min(int(wait), 3600) if wait.isascii() and wait.isdigit() and len(wait) < 7 else 0,
    )


def _settle(endpoint: WebhookEndpoint, delivery: WebhookDelivery, outcome: Outcome) -> str:
    at = now()
    if outcome.is_good:
        with transaction.atomic():
            state = _end(delivery, state=DeliveryState.DELIVERED, status=outcome.status, error="")
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
                failing_since=None, failures=0, paused_until=None, last_success_at=at,
                last_status=outcome.status, last_error="",
            )  # fmt: skip
        return state
    with transaction.atomic():
        row = WebhookEndpoint.objects.select_for_update(of=("self",)).select_related("owner").get(pk=endpoint.pk)
        row.failures += 1
        row.failing_since = row.failing_since or at
        row.last_status, row.last_error = outcome.status, outcome.error
        if outcome.is_down:
            doubled = PAUSE * 2 ** min(row.failures - 1, 10)
            row.paused_until = at + max(min(doubled, LONGEST_PAUSE), timedelta(seconds=outcome.wait))
        row.save(update_fields=["failures", "failing_since", "last_status", "last_error", "paused_until"])
        state = _try_later(delivery, outcome, at)
        if state == DeliveryState.DEAD:
            notify(
                user=row.owner,
                verb="webhook.given_up",
                data={"url": row.url[:120]},
                cause=f"webhook-dead:{row.pk}:{at:%Y%m%d}",
            )
        if outcome.status == 410:
            switch_off(row, reason=OffReason.GONE)
        elif at - row.failing_since >= SWITCH_OFF_AFTER:
            switch_off(row, reason=OffReason.FAILURES)
    return WebhookDelivery.objects.filter(pk=delivery.pk).values_list("state", flat=True).first() or state


def _try_later(delivery: WebhookDelivery, outcome: Outcome, at: datetime) -> str:
    if at - delivery.first_due_at >= GIVE_UP_AFTER or delivery.attempts > len(BACK_OFF):
        return _end(delivery, state=DeliveryState.DEAD, status=outcome.status, error=outcome.error)
    wait = BACK_OFF[delivery.attempts - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
    WebhookDelivery.objects.filter(pk=delivery.pk, locked_by=delivery.locked_by).update(
        next_try_at=at + timedelta(seconds=max(wait, outcome.wait)),
        locked_by="",
        last_status=outcome.status,
        last_error=outcome.error[:300],
    )
    return DeliveryState.PENDING


def _end(delivery: WebhookDelivery, *, state: str, status: int | None, error: str) -> str:
    """Write the end down, unless somebody else has taken it over meanwhile."""
    WebhookDelivery.objects.filter(pk=delivery.pk, locked_by=delivery.locked_by, state=DeliveryState.PENDING).update(
        state=state, finished_at=now(), locked_by="", last_status=status, last_error=error[:300]
    )
    return state
