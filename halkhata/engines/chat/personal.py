"""Where chat keeps what it knows about customers (foundation/core/personal_data.py)."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.chat.choices import ChatState, EventState
from halkhata.engines.chat.models import ChatDelivery, ChatEvent, ChatIdentity
from halkhata.foundation.core.personal_data import (
    PersonalData,
    PersonalTrace,
    erasure_steps,
    register_personal_data,
    register_personal_traces,
)

_THREAD = _("That there was a message, when and which way: without its words.")
_OF_MESSAGE = ("message__customer", "message__conversation__item__customer")


def register() -> None:
    """Tell the registry."""
    register_personal_data(
        PersonalData(
            model_label="chat.ChatMedia", order=90, on_erasure="delete", label=_("Files of chats"), files=("file",),
            paths=("chat_message__message__customer", "chat_message__message__conversation__item__customer"),
        ),
        PersonalData(
            model_label="chat.ChatEvent", order=90, on_erasure="blank", paths=_OF_MESSAGE,
            label=_("Chats as they came"),
            blank={"body": {}, "detail": ""}, hidden=frozenset({"body"}),
            why_kept=_("A key, so that the same message is not taken twice."),
        ),
        PersonalData(
            model_label="chat.ChatMessage", order=95, on_erasure="keep", paths=_OF_MESSAGE, label=_("Chats"),
            why_kept=_THREAD,
        ),
        PersonalData(
            model_label="chat.ChatDelivery", order=95, on_erasure="blank", paths=_OF_MESSAGE, label=_("Chats"),
            blank={"values": [], "said": ""}, why_kept=_THREAD,
        ),
        PersonalData(
            model_label="chat.ChatJoin", order=90, on_erasure="delete", paths=("from_customer", "identity__customer"),
            label=_("Chats joined by hand"),
        ),
        PersonalData(
            model_label="chat.ChatIdentity", order=250, on_erasure="delete", paths=("customer",),
            addresses=("number",), label=_("Who writes by chat"),
        ),
    )  # fmt: skip
    # What Meta said last.
    register_personal_traces(PersonalTrace(model_label="chat.ChatAccount", columns=("said",)))
    erasure_steps.register("chat.waiting", stop_what_waits)


def stop_what_waits(ids: Collection[int], needles: Collection[Any]) -> int:
    """Before the rows are emptied: nothing leaves any more, nothing unread is read. Returns how many rows changed."""
    people = list(ids)
    theirs = Q(message__customer_id__in=people) | Q(message__conversation__item__customer_id__in=people)
    waiting = ChatDelivery.objects.filter(theirs, state__in=[ChatState.QUEUED, ChatState.FAILED])
    pks = list(waiting.values_list("pk", flat=True))
    changed = ChatDelivery.objects.filter(pk__in=pks).update(state=ChatState.BLOCKED, fault="may_not")
    for person in ChatIdentity.objects.filter(customer_id__in=people):
        events = ChatEvent.objects.filter(account_id=person.account_id, message__isnull=True)
        for word in filter(None, (person.user_id, person.number.lstrip("+"))):
            found = events.filter(body__icontains=word)
            changed += found.update(body={}, detail="", state=EventState.IGNORED, next_try_at=None)
    return changed
