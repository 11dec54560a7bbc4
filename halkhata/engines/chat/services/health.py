"""Whether an account works: its token is looked at every five minutes, and people are told once when it does not."""

from datetime import timedelta

from django.db import transaction

from halkhata.engines.chat.models import ChatAccount
from halkhata.engines.chat.services.secrets import secret_of
from halkhata.engines.chat.wire.graph import Result, Verdict, call
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.text import clean_text

# A line that is down for less than this is nobody's business yet; a token that has ended is, at once.
PATIENCE = timedelta(minutes=9)
AT_ONCE = ("token", "refused", "address")


def check_account(account: ChatAccount) -> bool:
    """Ask Meta about the account with its token, outside any transaction. Returns whether it works."""
    token = secret_of(account, "access_token")
    if not token:
        result = Result(verdict=Verdict.REFUSED, fault="token")
    else:
        url = f"{account.api_url.rstrip('/')}/{account.external_id}?fields=id"
        result = call("GET", url, token, is_safe=True)
    if result.verdict == Verdict.DONE:
        note_works(account)
        return True
    note_fault(account, result.fault or "refused", result.said)
    return False


@transaction.atomic
def note_works(account: ChatAccount) -> None:
    """It works: the light goes green by itself, and a later failure is told anew."""
    at = now()
    ChatAccount.objects.filter(pk=account.pk).update(
        checked_at=at, works_at=at, failing_since=None, fault="", said="", alarmed_at=None
    )


@transaction.atomic
def note_fault(account: ChatAccount, fault: str, said: str) -> None:
    """It does not work: tell whoever sets accounts up, once for each stretch of failures."""
    at = now()
    row = ChatAccount.objects.select_for_update().get(pk=account.pk)
    row.checked_at, row.failing_since = at, row.failing_since or at
    row.fault, row.said = fault[:40], clean_text(said, max_length=300)
    lasts = fault in AT_ONCE or at - row.failing_since >= PATIENCE
    if lasts and row.alarmed_at is None and row.is_active:
        row.alarmed_at = at
        for user in _who_sets_up(row):
            notify(
                user=user,
                verb="chat.account_fails",
                data={"name": row.name, "way": row.kind, "fault": row.fault},
                cause=f"chat-account:{row.pk}:{row.failing_since:%Y-%m-%dT%H:%M:%S}",
            )
    row.save(update_fields=["checked_at", "failing_since", "fault", "said", "alarmed_at"])


def _who_sets_up(account: ChatAccount) -> list[User]:
    """Everybody with the right to change settings whose reach has the account's branch."""
    people = User.objects.filter(is_active=True, is_demo=False).select_related("role", "branch")
    path = account.branch.path
    return [
        one
        for one in people
        if one.may("settings.edit") and (one.role.scope == Scope.ALL or path.startswith(one.branch.path))
    ]
