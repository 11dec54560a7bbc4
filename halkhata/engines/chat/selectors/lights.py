"""The lights of chat accounts, for the page of channels and for the settings."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.engines.chat.choices import EventState
from halkhata.engines.chat.models import ChatAccount, ChatEvent
from halkhata.engines.chat.policies import accounts_visible_to
from halkhata.engines.chat.selectors.extras import FAULTS
from halkhata.engines.messaging.registry import OtherChannel
from halkhata.engines.messaging.selectors.channel_health import BAD, GOOD, QUIET, WARN, Light
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now

UNCHECKED_AFTER = timedelta(minutes=15)
_TOKEN = _("Make a new access token in Meta's settings, and type it into the account.")
_LOOK: Any = _("Open the account, look at its ids and its token, and test the connection.")


def light_of(account: ChatAccount) -> Light:
    """How an account does, in one light."""
    if account.is_demo:
        return Light(tone=QUIET, word=_("Invented"))
    if not account.is_active:
        return Light(tone=QUIET, word=_("Not in use"))
    if account.fault:
        bad = account.alarmed_at is not None
        return Light(
            tone=BAD if bad else WARN, word=_("Does not work") if bad else _("Look at it"),
            why=FAULTS.get(account.fault, ""), to_do=_TOKEN if account.fault == "token" else _LOOK,
            said=account.said, at=account.works_at, since=account.failing_since, code=account.fault,
        )  # fmt: skip
    if account.works_at is None:
        return Light(tone=WARN, word=_("Not tried yet"), to_do=_("Test the connection."))
    if account.checked_at is None or now() - account.checked_at > UNCHECKED_AFTER:
        return Light(
            tone=WARN, word=_("Look at it"), why=_("Nobody has looked at this account for a while."),
            to_do=_("See on the operations page whether the worker runs, and start it if it does not."),
            at=account.works_at,
        )  # fmt: skip
    return Light(tone=GOOD, word=_("Works"), at=account.works_at)


def channels_for(user: User) -> list[OtherChannel]:
    """The accounts in reach, for the page of channels."""
    may_set_up = user.may("settings.edit")
    left = ChatEvent.objects.filter(account=OuterRef("pk"), state=EventState.WAITING)
    accounts = accounts_visible_to(user).filter(is_active=True).annotate(has_waiting=Exists(left))
    return [
        OtherChannel(
            name=account.label, where=account.branch, icon="message-circle", light=_with_what_waits(account),
            url=reverse("chat:account", args=[account.pk]) if may_set_up else "",
        )
        for account in accounts
    ]  # fmt: skip


def _with_what_waits(account: ChatAccount) -> Light:
    """What Meta told and nobody could work on is nobody's secret: whoever looks at the channels learns of it."""
    light = light_of(account)
    if light.tone != GOOD or not getattr(account, "has_waiting", False):
        return light
    why = _("Something was told that could not be worked on.")
    return Light(tone=WARN, word=_("Look at it"), why=why, at=light.at)
