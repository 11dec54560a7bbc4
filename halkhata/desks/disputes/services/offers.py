"""Settling by an offer (US-27)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes import policies
from halkhata.desks.disputes.choices import ARGUED, DisputeState, OfferState, Party, RemedyKind
from halkhata.desks.disputes.events import OfferMade
from halkhata.desks.disputes.models import Dispute, Offer, Remedy
from halkhata.desks.disputes.services.deciding import money_of
from halkhata.desks.disputes.services.locking import lock_dispute, refuse_unless
from halkhata.desks.disputes.services.moving import move
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.audit.trail import SYSTEM, Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.days import day_at
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text

# Days in which what was accepted is to be done, when nobody says otherwise.
DAYS_TO_KEEP_IT = 7
LONGEST_OFFER = timedelta(days=60)


def make_offer(
    *,
    actor: Any,
    dispute: Dispute,
    remedy: str,
    text: str,
    amount: Any = None,
    currency: str = "BDT",
    valid_until: datetime,
    at: datetime | None = None,
) -> Offer:
    """Offer to end the dispute by agreement; one offer at a time.

    Raises NotFound, PermissionRefused; Conflict ``wrong_state``, ``offer_open``; DomainError ``bad_remedy``, ``empty``,
    ``amount_missing``, ``bad_time``.
    """
    policies.require_handling(actor, dispute)
    if remedy not in RemedyKind.values or remedy == RemedyKind.NONE:
        raise DomainError("bad_remedy", _("Choose one from the list."), field="remedy")
    words = clean_text(text, multiline=True, max_length=5000)
    if not words:
        raise DomainError("empty", _("Write what you offer, in words the customer understands."), field="text")
    money = money_of(remedy, amount)
    moment = at or now()
    if not moment < valid_until <= moment + LONGEST_OFFER:
        raise DomainError("bad_time", _("An offer is good for up to sixty days."), field="valid_until")
    with transaction.atomic():
        held = lock_dispute(dispute.pk)
        refuse_unless(held, *ARGUED)
        if Offer.objects.filter(dispute=held, state=OfferState.OPEN).exists():
            raise Conflict("offer_open", _("An offer waits for its answer. Take it back first."))
        offer = Offer.objects.create(
            dispute=held, remedy=remedy, text=words, amount=money, valid_until=valid_until, made_by=actor,
            currency=clean_text(currency, max_length=3).upper() if money is not None else "", made_at=moment,
        )  # fmt: skip
        record(
            actor=actor, action="dispute.offer", record=held, after={"offer": offer.pk, "remedy": remedy, "text": words}
        )
        publish(OfferMade(dispute_id=held.pk, number=held.number, offer_id=offer.pk, is_demo=held.is_demo))
    return offer


def answer_offer(
    *, actor: Actor | None, offer: Offer, accepts: bool, by: str, note: str = "", at: datetime | None = None
) -> Offer:
    """The customer's answer, by the own page (``by`` customer) or written down by staff (``by`` house).

    Accepted: the dispute is settled, and what was offered is owed. Raises NotFound, PermissionRefused; Conflict
    ``offer_over`` for one that is answered, taken back or run out; DomainError ``bad_party``.
    """
    if by not in Party.values:
        raise DomainError("bad_party", _("Say who gave the answer."), field="by")
    policies.require_handling(actor, offer.dispute)
    moment = at or now()
    with transaction.atomic():
        held, row = _held(offer)
        if row.state != OfferState.OPEN or row.valid_until <= moment:
            raise Conflict("offer_over", _("This offer is answered, taken back or has run out."))
        row.state = OfferState.ACCEPTED if accepts else OfferState.REFUSED
        row.answered_at, row.answered_by = moment, by
        row.answer_note = clean_text(note, multiline=True, max_length=5000)
        row.save(update_fields=["state", "answered_at", "answered_by", "answer_note"])
        record(
            actor=actor, action="dispute.offer_answer", record=held,
            after={"offer": row.pk, "state": row.state, "by": by},
        )  # fmt: skip
        if accepts:
            today = day_at(held.branch, moment)
            Remedy.objects.create(
                dispute=held, offer=row, kind=row.remedy, what=row.text.splitlines()[0][:300], amount=row.amount,
                currency=row.currency, owner=held.owner, due_on=today + timedelta(days=DAYS_TO_KEEP_IT),
            )  # fmt: skip
            move(actor=actor, dispute=held, to=DisputeState.SETTLED, at=moment, offer=row.pk)
        if by == Party.CUSTOMER:
            notify(
                user=held.owner, verb="dispute.offer_answered", item=held, data={"accepted": accepts},
                cause=f"dispute:{held.pk}:offer:{row.pk}",
            )  # fmt: skip
    offer.refresh_from_db()
    return offer


def withdraw_offer(*, actor: Actor | None, offer: Offer) -> Offer:
    """Take an open offer back. Raises NotFound, PermissionRefused, Conflict ``offer_over``."""
    policies.require_handling(actor, offer.dispute)
    with transaction.atomic():
        held, row = _held(offer)
        if row.state != OfferState.OPEN:
            raise Conflict("offer_over", _("This offer is answered, taken back or has run out."))
        row.state = OfferState.WITHDRAWN
        row.save(update_fields=["state"])
        record(actor=actor, action="dispute.offer_back", record=held, after={"offer": row.pk})
    offer.refresh_from_db()
    return offer


def end_open_offers(dispute: Dispute) -> int:
    """Nobody waits for an answer any more: the dispute is decided or over. Returns how many."""
    return Offer.objects.filter(dispute=dispute, state=OfferState.OPEN).update(state=OfferState.WITHDRAWN)


def expire_offers(at: datetime | None = None) -> int:
    """End offers whose time is over, and tell whoever made them. Returns how many."""
    count = 0
    over = Offer.objects.filter(state=OfferState.OPEN, valid_until__lte=at or now()).select_related("dispute")
    for offer in over.order_by("pk")[:500]:
        with transaction.atomic():
            held, row = _held(offer)
            if row.state != OfferState.OPEN:
                continue
            row.state = OfferState.EXPIRED
            row.save(update_fields=["state"])
            record(actor=SYSTEM, action="dispute.offer_expired", record=held, after={"offer": row.pk})
            notify(user=held.owner, verb="dispute.offer_expired", item=held, cause=f"dispute:offer-over:{row.pk}")
            count += 1
    return count


def _held(offer: Offer) -> tuple[Dispute, Offer]:
    held = lock_dispute(offer.dispute_id)
    row = Offer.objects.select_for_update().filter(pk=offer.pk).first()
    if row is None:
        raise NotFound("not_found", policies.NOT_HERE)
    return held, row
