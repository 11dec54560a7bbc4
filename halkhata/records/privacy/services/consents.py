"""Writing down what a person agreed to and what they refused (E.7). The ledger only grows."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.locking import lock_values
from halkhata.records.privacy.choices import (
    ConsentAct,
    ConsentSource,
    ConsentState,
    ContactChannel,
    Purpose,
)
from halkhata.records.privacy.models import ConsentEvent, ConsentWording, PrivacySettings
from halkhata.records.privacy.policies import require_privacy, require_recording
from halkhata.records.privacy.selectors.consents import current_wording, standing
from halkhata.records.privacy.selectors.family import aliases_of, survivor_id
from halkhata.records.privacy.services.stops import lift_all, stop_all
from halkhata.records.privacy.starting_texts import WORDINGS

# By name, as the timetable names its tasks: the job imports the services, not the other way round.
CONFIRM_TASK = "halkhata.records.privacy.jobs.send_confirmation"
# A clock may run ahead a little; an act of tomorrow is a mistake.
_AHEAD = timedelta(minutes=5)


@transaction.atomic
def record_consent(
    *,
    actor: Any,
    customer: Customer,
    purpose: str,
    channel: str,
    act: str,
    source: str,
    at: datetime | None = None,
    proof: str = "",
    wording: ConsentWording | None = None,
) -> ConsentEvent | None:
    """Write one act into the ledger; None when the person stands so already by the same words.

    A "yes" is to the wording in force, or to ``wording``. With double opt-in, a "yes" for e-mail that the person did
    not give by a link of ours counts once confirmed: it is written as ``asked``. A "no" also stops the person's numbers
    or addresses by hash, so that a later import of the same number does not bring the offers back.

    Raises PermissionRefused, NotFound, DomainError: ``bad_purpose``, ``bad_channel``, ``bad_act``, ``in_future``.
    """
    require_recording(actor, customer)
    if purpose not in Purpose.values or purpose == Purpose.SERVICE:
        raise DomainError("bad_purpose", _("For this no consent is asked."), field="purpose")
    if channel not in ContactChannel.values:
        raise DomainError("bad_channel", _("There is no such way to reach somebody."), field="channel")
    if act not in {ConsentAct.GRANTED, ConsentAct.WITHDRAWN} or source not in ConsentSource.values:
        raise DomainError("bad_act", _("There is no such answer."), field="act")
    moment = at or now()
    if moment > now() + _AHEAD:
        raise DomainError("in_future", _("This time is still to come."), field="at")
    pk = survivor_id(customer.pk)
    lock_values([f"consent:{pk}"])
    if act == ConsentAct.GRANTED:
        wording = wording or current_wording(purpose) or _first_wording(purpose)
        if must_confirm(channel, source):
            act = ConsentAct.ASKED
    else:
        wording = None
    known = standing(pk, purpose, channel, until=moment)
    if known.state == act and known.event is not None and known.event.wording_id == (wording.pk if wording else None):
        return None
    person = Customer.objects.get(pk=pk)
    event = ConsentEvent.objects.create(
        customer=person,
        purpose=purpose,
        channel=channel,
        act=act,
        wording=wording,
        source=source,
        at=moment,
        proof=clean_text(proof, max_length=200),
        covers=aliases_of([pk]),
        actor_id_then=getattr(actor, "pk", None),
        actor_label=(actor.audit_label if actor is not None else "")[:150],
        is_demo=person.is_demo,
    )
    if act == ConsentAct.WITHDRAWN:
        stop_all(person, channel, purpose, source=source, actor=actor, at=moment)
    elif act == ConsentAct.GRANTED and source != ConsentSource.IMPORT:
        lift_all(person, channel, purpose, how=f"{source}:{event.pk}", at=moment)
    elif act == ConsentAct.ASKED and not person.is_demo:
        _ask_for_confirmation(person, purpose)
    record_activity(
        customer=person, verb=f"consent.{act}", data={"purpose": purpose, "channel": channel}, actor=actor, at=moment
    )
    return event


@transaction.atomic
def confirm_consent(*, customer: Customer, purpose: str, channel: str, proof: str) -> ConsentEvent | None:
    """The person pressed the link of a confirmation: what was asked becomes a consent. None when nothing waits."""
    pk = survivor_id(customer.pk)
    waiting = standing(pk, purpose, channel)
    if waiting.state != ConsentState.ASKED or waiting.event is None:
        return None
    return record_consent(
        actor=None, customer=Customer.objects.get(pk=pk), purpose=purpose, channel=channel, act=ConsentAct.GRANTED,
        source=ConsentSource.LINK, proof=proof, wording=waiting.event.wording,
    )  # fmt: skip


def must_confirm(channel: str, source: str) -> bool:
    """Whether a "yes" by this way counts only once confirmed (double opt-in, E.7)."""
    if channel != ContactChannel.EMAIL or source == ConsentSource.LINK:
        return False
    row = PrivacySettings.objects.filter(pk=1).first()
    return row.double_opt_in if row is not None else True


@transaction.atomic
def object_to_everything(*, actor: Any, customer: Customer, source: str, proof: str = "") -> int:
    """Say no to everything that needs consent or goes until objection, by every way (Art. 21). Returns new lines."""
    written = 0
    for purpose in Purpose:
        if purpose == Purpose.SERVICE:
            continue
        for channel in ContactChannel:
            event = record_consent(
                actor=actor, customer=customer, purpose=purpose, channel=channel, act=ConsentAct.WITHDRAWN,
                source=source, proof=proof,
            )  # fmt: skip
            written += event is not None
    return written


@transaction.atomic
def publish_wording(*, actor: Any, purpose: str, text_bn: str, text_en: str) -> ConsentWording:
    """Publish the next wording of a purpose. Consents given to an older one stay, with the words they were given to.

    Raises PermissionRefused, DomainError ``bad_purpose`` or ``needs_text``.
    """
    require_privacy(actor)
    if purpose not in Purpose.values or purpose == Purpose.SERVICE:
        raise DomainError("bad_purpose", _("For this no consent is asked."), field="purpose")
    words_bn, words_en = (clean_text(text, multiline=True, max_length=4000) for text in (text_bn, text_en))
    if not words_bn or not words_en:
        raise DomainError("needs_text", _("Write it in both languages."), field="text_en" if words_bn else "text_bn")
    lock_values([f"wording:{purpose}"])
    before = current_wording(purpose)
    if before is not None and (before.text_bn, before.text_en) == (words_bn, words_en):
        return before
    wording = ConsentWording.objects.create(
        purpose=purpose, number=before.number + 1 if before else 1, text_bn=words_bn, text_en=words_en,
        published_at=now(), publisher_label=(actor.audit_label if actor is not None else "")[:150],
    )  # fmt: skip
    record(actor=actor, action="privacy.wording", record=wording, after={"purpose": purpose, "number": wording.number})
    return wording


def _first_wording(purpose: str) -> ConsentWording:
    """The words that the product brings, published when somebody first agrees and the shop has written none."""
    text_bn, text_en = WORDINGS[purpose]
    lock_values([f"wording:{purpose}"])
    row, _made = ConsentWording.objects.get_or_create(
        purpose=purpose, number=1, defaults={"text_bn": text_bn, "text_en": text_en, "published_at": now()}
    )
    return row


def _ask_for_confirmation(customer: Customer, purpose: str) -> None:
    """One mail, to the address that comes first."""
    ids = [customer.pk, *aliases_of([customer.pk])]
    points = ContactPoint.objects.filter(customer_id__in=ids, kind=ContactKind.EMAIL, is_reachable=True)
    address = points.order_by("-is_primary", "pk").values_list("value", flat=True).first()
    if address:
        enqueue_once(import_string(CONFIRM_TASK), f"confirm:{customer.pk}:{purpose}", customer.pk, purpose, address)
