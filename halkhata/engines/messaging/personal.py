"""Where the messaging engine keeps what it knows about customers (foundation/core/personal_data.py)."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import BlockReason, OutboundState, RawState
from halkhata.engines.messaging.models import Delivery, InboundRaw, InboundText, Message
from halkhata.foundation.core.personal_data import (
    PersonalData,
    PersonalTrace,
    erasure_steps,
    register_personal_data,
    register_personal_traces,
)

_THREAD = _("That there was a message, when and which way: without its words.")


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="messaging.MessageAttachment", order=100, on_erasure="delete", files=("file",),
            paths=("message__customer", "message__conversation__item__customer"), label=_("Files in messages"),
        ),
        PersonalData(
            model_label="messaging.InboundRaw", order=110, on_erasure="blank", addresses=("from_address",),
            paths=("message__customer", "message__conversation__item__customer"), label=_("Mail as it came"),
            blank={"body": b"", "from_address": "", "subject": "", "message_id": "", "detail": "",
                   "set_aside_note": ""},
            hidden=frozenset({"body"}), why_kept=_("A digest, so that the same mail is not taken twice."),
        ),
        PersonalData(
            model_label="messaging.Message", order=200, on_erasure="blank", why_kept=_THREAD, label=_("Messages"),
            paths=("customer", "conversation__item__customer"), addresses=("from_address",),
            blank={"text": "", "full_text": "", "raw_html": "", "subject": "", "from_address": "",
                   "to_addresses": [], "cc_addresses": [], "message_id": "", "in_reply_to": "", "references": []},
        ),
        PersonalData(
            model_label="messaging.Participant", order=210, on_erasure="delete", addresses=("address",),
            paths=("conversation__item__customer",), label=_("Others in the conversation"),
        ),
        PersonalData(
            model_label="messaging.SoftBounce", order=120, on_erasure="delete", addresses=("address",),
            paths=("delivery__message__conversation__item__customer",), label=_("Mail that came back"),
        ),
        PersonalData(
            model_label="messaging.Delivery", order=130, on_erasure="blank", addresses=("to_address",),
            paths=("message__conversation__item__customer",), label=_("Sending"), why_kept=_THREAD,
            blank={"to_address": "", "last_error": ""},
        ),
        PersonalData(
            model_label="messaging.FollowedMail", order=140, on_erasure="keep", why_kept=_THREAD,
            paths=("message__customer", "came_for__item__customer"), label=_("Messages"),
        ),
        PersonalData(
            model_label="messaging.TextMessage", order=140, on_erasure="delete", addresses=("to_address",),
            paths=("item__customer", "customer"), hidden=frozenset({"sealed_text"}), label=_("Short texts"),
        ),
        PersonalData(
            model_label="messaging.InboundText", order=110, on_erasure="blank", addresses=("number",),
            paths=("message__customer", "message__conversation__item__customer"), label=_("Short texts as they came"),
            blank={"body": b"", "from_typed": "", "number": "", "text": "", "detail": "", "set_aside_note": ""},
            hidden=frozenset({"body"}), why_kept=_("A digest, so that the same text is not taken twice."),
        ),
        PersonalData(
            # The text with its gaps: nothing of the customer stands in it.
            model_label="messaging.TrialMail", order=140, on_erasure="keep", paths=("item__customer",),
            label=_("Tests of message texts"), why_kept=_("That a text was tried, without the customer's data."),
        ),
        PersonalData(
            model_label="messaging.Conversation", order=300, on_erasure="blank", addresses=("customer_address",),
            paths=("item__customer",), blank={"customer_address": ""}, label=_("Conversations"), why_kept=_THREAD,
        ),
        PersonalData(
            model_label="messaging.Suppression", order=140, on_erasure="delete", addresses=("address",),
            label=_("Undeliverable addresses"),
        ),
        PersonalData(
            model_label="messaging.BlockedSender", order=140, on_erasure="delete", addresses=("address",),
            label=_("Blocked senders"),
        ),
    )  # fmt: skip
    # What a mail server said last.
    register_personal_traces(
        PersonalTrace(model_label="messaging.Mailbox", columns=("last_fetch_error", "last_send_error"))
    )
    erasure_steps.register("messaging.waiting", stop_what_waits)


def stop_what_waits(ids: Collection[int], needles: Collection[Any]) -> int:
    """Before the rows are emptied: nothing leaves any more, nothing unread is read, the name leaves the thread.

    Returns how many rows changed.
    """
    people = list(ids)
    theirs = Q(message__customer_id__in=people) | Q(message__conversation__item__customer_id__in=people)
    waiting = Delivery.objects.filter(theirs, state__in=[OutboundState.QUEUED, OutboundState.FAILED])
    changed = Delivery.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).update(
        state=OutboundState.BLOCKED, block_reason=BlockReason.OBJECTION
    )
    unread = InboundRaw.objects.exclude(state__in=[RawState.PROCESSED, RawState.DISCARDED])
    changed += unread.filter(from_address__in=[word for word in needles if "@" in word]).update(
        state=RawState.DISCARDED, next_try_at=None
    )
    unread_texts = InboundText.objects.exclude(state__in=[RawState.PROCESSED, RawState.DISCARDED])
    changed += unread_texts.filter(number__in=[word for word in needles if str(word).startswith("+")]).update(
        state=RawState.DISCARDED, next_try_at=None
    )
    written = Q(customer_id__in=people) | Q(conversation__item__customer_id__in=people)
    named = Message.objects.filter(written, author__isnull=True).exclude(author_label="")
    return changed + Message.objects.filter(pk__in=list(named.values_list("pk", flat=True))).update(author_label="")
