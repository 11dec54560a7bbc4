"""What chat adds to the messages of a thread: how far ours have come, and what could not be shown."""

from collections.abc import Collection, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from halkhata.engines.chat.choices import ChatState, ContentKind, MediaState
from halkhata.engines.chat.models import ChatDelivery, ChatMessage
from halkhata.engines.messaging.registry import MessageExtra

FAULTS: dict[str, Any] = {
    "window": gettext_lazy("The customer wrote too long ago: only an approved text may go now."),
    "not_there": gettext_lazy("This person cannot be reached this way."),
    "token": gettext_lazy("The access token of the account does not work any more."),
    "busy": gettext_lazy("Meta asks us to wait. It is tried again by itself."),
    "may_not": gettext_lazy("The customer does not want to be contacted this way."),
    "not_approved": gettext_lazy("The text is not approved any more."),
    "not_in_use": gettext_lazy("The account is not in use any more."),
    "nobody": gettext_lazy("Nobody knows any more whom it was for."),
    "demo": gettext_lazy("Invented: nothing of it is ever sent."),
    "worker_stopped": gettext_lazy("The program stopped while it was being sent: it may have arrived."),
    "restored": gettext_lazy("A backup was put back: it may have gone since."),
    "timeout": gettext_lazy("Meta did not answer in time."),
    "broken": gettext_lazy("The connection broke off."),
    "no_connection": gettext_lazy("Meta could not be reached."),
    "tls": gettext_lazy("The connection could not be made safely."),
    "no_answer": gettext_lazy("Meta gave an answer that makes no sense."),
    "http": gettext_lazy("Meta's server had trouble."),
    "address": gettext_lazy("The address of the service may not be called."),
    "refused": gettext_lazy("Meta refused it."),
}


def extras_of(ids: Collection[int]) -> Mapping[int, MessageExtra]:
    """By message, in three queries."""
    found: dict[int, MessageExtra] = {}
    for row in ChatDelivery.objects.filter(message__in=ids).select_related("identity"):
        stuck = row.state in {ChatState.IN_DOUBT, ChatState.FAILED}
        waits_with_trouble = row.state == ChatState.QUEUED and row.fault
        shown = stuck or waits_with_trouble or row.state == ChatState.BLOCKED
        found[row.message_id] = MessageExtra(
            state=row.state,
            label=row.get_state_display(),
            reason=FAULTS.get(row.fault, "") if shown else "",
            said=row.said if shown else "",
            to=str(row.identity or ""),
            decide_url=reverse("chat:delivery", args=[row.pk]) if stuck and not row.is_demo else "",
        )
    for one in ChatMessage.objects.filter(message__in=ids).prefetch_related("media"):
        found[one.message_id] = MessageExtra(words=_words(one))
    return found


def _words(row: ChatMessage) -> str:
    """What stands where a message has no words of its own."""
    if row.content == ContentKind.UNKNOWN:
        return _("A kind of message we cannot show: %(kind)s") % {"kind": row.remote_kind}
    if row.content == ContentKind.TEXT:
        return ""
    label = str(ContentKind(row.content).label)
    states = {one.state for one in row.media.all()}
    for state in (MediaState.WAITING, MediaState.TOO_LARGE, MediaState.FAILED):
        if state in states:
            return f"{label} · {state.label}"
    return label
