"""Short texts: preparing, looking at a code, sending by hand, withdrawing."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.selectors.texting import measure, texting_settings
from halkhata.engines.messaging.services.text_gate import Gate, ask_for, locks_of
from halkhata.engines.messaging.text_choices import GATED, TextChannel, TextPurpose, TextState
from halkhata.engines.messaging.text_policies import require_texts, texts_visible_to
from halkhata.engines.messaging.text_registry import carrier_for
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, NotFound
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.core.secret_box import seal, unseal
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.locking import lock_values

# By name, as the timetable names its tasks: the job imports the services, not the other way round.
SEND_TASK = "halkhata.engines.messaging.text_jobs.send_text"
_PURPOSE = "messaging.text"
_OPEN = (TextState.PREPARED, TextState.HELD, TextState.QUEUED)


def can_go(*, item: WorkItem | None, channel: str, to_address: str, customer: Customer | None = None) -> bool:
    """Whether something could carry a text there by itself now. Never for an invented item or customer."""
    carrier, holder = carrier_for(channel), item or customer
    if carrier is None or holder is None or holder.is_demo:
        return False
    return carrier.can_carry(TextMessage(item=item, customer=customer, channel=channel, to_address=to_address))


def prepare_text(
    *,
    item: WorkItem | None = None,
    customer: Customer | None = None,
    channel: str,
    to_address: str,
    text: str,
    cause: str,
    purpose: str = TextPurpose.NOTICE,
    subject: str = "",
    language: str = "bn",
    expires_at: datetime | None = None,
) -> TextMessage:
    """Prepare one short text for ``cause``, in line when something can carry it; otherwise it waits for staff. It is
    about ``item``, or for ``customer`` where there is none: one of the two.

    A second call with the same cause changes nothing. Nothing of an invented item is ever put in line. An offer or a
    question that may not go now is held until it may, or refused for good; either way it stands in the list with the
    reason.
    """
    known = TextMessage.objects.filter(cause=cause).first()
    if known is not None:
        return known
    is_code, holder = purpose == TextPurpose.CODE, item or customer
    measured = measure(text, texting_settings()) if channel == TextChannel.SMS else None
    text = measured.text if measured else text
    message = TextMessage(
        item=item,
        customer=None if item is not None else customer,
        channel=channel,
        purpose=purpose,
        to_address=to_address,
        subject=subject,
        text="" if is_code else text,
        sealed_text=seal(text, purpose=_PURPOSE) if is_code else "",
        language=language,
        encoding=measured.size.encoding if measured else "",
        segments=measured.size.segments if measured else 0,
        price=measured.price if measured else None,
        currency=measured.currency if measured and measured.price is not None else "",
        cause=cause,
        prepared_at=now(),
        expires_at=expires_at,
        is_demo=holder is not None and holder.is_demo,
    )
    if purpose in GATED:
        _pass_gate(message)
    if message.state == TextState.PREPARED and can_go(
        item=item, customer=message.customer, channel=channel, to_address=to_address
    ):
        message.state = TextState.QUEUED
    try:
        with transaction.atomic():
            message.save(force_insert=True)
            if message.state == TextState.QUEUED:
                enqueue_once(import_string(SEND_TASK), f"text:{message.pk}", message.pk)
    except IntegrityError:
        known = TextMessage.objects.filter(cause=cause).first()
        if known is None:
            raise
        return known
    return message


def _pass_gate(message: TextMessage) -> None:
    answer = ask_for(message)
    message.rule, message.go_at = answer.rule, answer.go_at
    if answer.gate == Gate.HOLD:
        message.state = TextState.HELD
    elif answer.gate == Gate.REFUSE:
        message.state, message.settled_at = TextState.REFUSED, message.prepared_at


def words_of(message: TextMessage) -> str:
    """The text in the clear; "" for a code of which nothing is left."""
    return unseal(message.sealed_text, purpose=_PURPOSE) if message.purpose == TextPurpose.CODE else message.text


def look_at_code(*, actor: User, pk: int) -> tuple[TextMessage, str]:
    """The text of a code that has not been used and has not run out, for reading it to the customer on the phone.

    Each look is written down. Raises PermissionRefused, NotFound (out of sight, or no code), Conflict ``code_gone``.
    """
    require_texts(actor)
    with transaction.atomic():
        message = _hold(actor, pk)
        if message.purpose != TextPurpose.CODE:
            raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
        words = words_of(message)
        if not words or _is_over(message):
            raise Conflict("code_gone", _("This code is used or has run out. The customer can ask for another."))
        record(actor=actor, action="text.code_shown", record=message, after=message.about)
    return message, words


def mark_sent_by_hand(*, actor: User, pk: int) -> TextMessage:
    """Somebody sent the text from a phone of the shop's, or read it out.

    Raises PermissionRefused, NotFound, Conflict ``not_waiting`` when it waits for nobody any more, and ``not_now`` for
    an offer or a question that may not go now, whoever sends it.
    """
    require_texts(actor)
    with transaction.atomic():
        message = _hold(actor, pk)
        if message.state != TextState.PREPARED or message.is_demo or _is_over(message):
            raise Conflict("not_waiting", _("This text does not wait for anybody any more."))
        if message.purpose in GATED:
            lock_values(locks_of(message))
            answer = ask_for(message)
            if answer.gate != Gate.GO:
                raise Conflict("not_now", answer.words, rule=str(answer.rule))
            message.counted_at = now()
        message.state, message.sealed_text = TextState.BY_HAND, ""
        message.settled_at, message.settled_by = now(), actor
        message.save(update_fields=["state", "sealed_text", "settled_at", "settled_by", "counted_at"])
        record(actor=actor, action="text.sent_by_hand", record=message, after=message.about)
    return message


def take_back(*, actor: User, pk: int) -> TextMessage:
    """Somebody takes an offer or a question back before it goes.

    Raises PermissionRefused, NotFound (a code or news goes its own way), Conflict ``not_waiting``.
    """
    require_texts(actor)
    with transaction.atomic():
        message = _hold(actor, pk)
        if message.purpose not in GATED:
            raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
        if message.state not in _OPEN:
            raise Conflict("not_waiting", _("This text does not wait for anybody any more."))
        message.state, message.settled_at, message.settled_by = TextState.WITHDRAWN, now(), actor
        message.save(update_fields=["state", "settled_at", "settled_by"])
        record(actor=actor, action="text.taken_back", record=message, after=message.about)
    return message


def wake_held(at: datetime | None = None) -> int:
    """Put back in line what was held until now; the gate is asked again when it leaves. Returns how many."""
    due = TextMessage.objects.filter(state=TextState.HELD, go_at__lte=at or now()).select_related("item", "customer")
    woken = 0
    for message in due.order_by("go_at", "pk")[:200]:
        goes = can_go(
            item=message.item, customer=message.customer, channel=message.channel, to_address=message.to_address
        )
        state = TextState.QUEUED if goes else TextState.PREPARED
        with transaction.atomic():
            mine = TextMessage.objects.filter(pk=message.pk, state=TextState.HELD).update(
                state=state, rule="", go_at=None
            )
            if mine and goes:
                enqueue_once(import_string(SEND_TASK), f"text:{message.pk}", message.pk)
        woken += mine
    return woken


def withdraw_texts(causes: Iterable[str]) -> int:
    """Take back what has not left: the code was used, or another took its place. Returns how many."""
    waiting = TextMessage.objects.filter(cause__in=list(causes), state__in=_OPEN)
    return waiting.update(state=TextState.WITHDRAWN, sealed_text="", settled_at=now())


def withdraw_expired(at: datetime | None = None) -> int:
    """Take back what is of no use any more, and forget its secret. Returns how many."""
    moment = at or now()
    over = TextMessage.objects.filter(~Q(sealed_text="") | Q(state__in=_OPEN), expires_at__lte=moment)
    # What is being sent at this moment ends by itself, and its secret with it.
    return over.exclude(state=TextState.SENDING).update(state=TextState.WITHDRAWN, sealed_text="", settled_at=moment)


def _is_over(message: TextMessage) -> bool:
    return message.expires_at is not None and message.expires_at <= now()


def _hold(actor: User, pk: int) -> TextMessage:
    visible = texts_visible_to(actor).select_related(None).select_for_update(of=("self",))
    message = visible.filter(pk=pk).first()
    if message is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return message
