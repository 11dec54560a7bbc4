"""Setting up accounts: a WhatsApp number or a page, with its secrets."""

import re
import secrets
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.chat.choices import ChatKind
from halkhata.engines.chat.models import ChatAccount
from halkhata.engines.chat.policies import accounts_visible_to
from halkhata.engines.chat.services.secrets import NAMES, seal_into
from halkhata.engines.messaging.policies import mailbox_branches, mailbox_teams
from halkhata.engines.messaging.registry import inbound_desks
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.outbound_http import check_address
from halkhata.foundation.core.text import clean_text, fold_digits

FIELDS = (
    "kind", "name", "external_id", "business_id", "branch", "team", "opens_kind", "api_url", "is_active",
)  # fmt: skip
_ID = re.compile(r"[0-9]{3,40}")


@transaction.atomic
def save_account(*, actor: User, account: ChatAccount | None, values: dict[str, Any]) -> ChatAccount:
    """Add or change an account. ``values`` has FIELDS, and secrets in clear; an empty secret keeps the old one.

    Another address of the service asks for the token again, so that it goes to nobody it was not given for. Raises
    PermissionRefused, NotFound, DomainError with the field, AddressRefused for ``api_url``.
    """
    require(actor, "settings.edit")
    row = ChatAccount(key=secrets.token_hex(10)) if account is None else _held(actor, account)
    before = _state(row) if account is not None else None
    clean = {**values, "name": clean_text(values["name"], max_length=80)}
    for name in ("external_id", "business_id"):
        clean[name] = fold_digits(clean_text(values.get(name, "")))
    clean["api_url"] = clean_text(values["api_url"]).rstrip("/")
    _check(actor, row, clean)
    moved = account is not None and row.api_url != clean["api_url"]
    if moved and not values.get("access_token"):
        raise DomainError("token_again", _("For another address, type the token again."), field="access_token")
    for name in FIELDS:
        setattr(row, name, clean[name])
    changed = [name for name in NAMES if values.get(name)]
    for name in changed:
        seal_into(row, name, str(values[name]).strip())
    if not row.app_secret:
        raise DomainError(
            "no_secret", _("Without the app secret nobody can tell who really writes."), field="app_secret"
        )
    if not row.verify_token:
        seal_into(row, "verify_token", secrets.token_urlsafe(24))
    if "access_token" in changed:
        # A new token begins a new stretch: what was told of the old one does not keep this one silent.
        row.failing_since, row.fault, row.said, row.alarmed_at = None, "", "", None
    row.save()
    record(
        actor=actor, action="chat_account.update" if account else "chat_account.create", record=row, before=before,
        after={**_state(row), "new_secrets": changed},
    )  # fmt: skip
    return row


def account_for(actor: User, pk: int) -> ChatAccount:
    """The account, for who sets accounts up in its branch. Raises NotFound."""
    found = accounts_visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("no_such_account", _("There is nothing here, or it is not for your role."))
    return found


def _held(actor: User, account: ChatAccount) -> ChatAccount:
    account_for(actor, account.pk)
    return ChatAccount.objects.select_for_update(of=("self",)).select_related("branch", "team").get(pk=account.pk)


def _check(actor: User, row: ChatAccount, values: dict[str, Any]) -> None:
    if values["kind"] not in ChatKind.values:
        raise DomainError("unknown_choice", _("Choose one of the list."), field="kind")
    if not values["name"]:
        raise DomainError("no_name", _("Give it a name."), field="name")
    if not _ID.fullmatch(values["external_id"]):
        raise DomainError("bad_id", _("Write the id as Meta shows it: digits only."), field="external_id")
    if values["business_id"] and not _ID.fullmatch(values["business_id"]):
        raise DomainError("bad_id", _("Write the id as Meta shows it: digits only."), field="business_id")
    if inbound_desks.find(values["opens_kind"]) is None:
        raise DomainError("unknown_choice", _("Choose one of the list."), field="opens_kind")
    branch, team = values["branch"], values["team"]
    if branch is None or not mailbox_branches(actor).filter(pk=branch.pk).exists():
        raise DomainError("out_of_reach", _("You cannot give an account to this branch."), field="branch")
    if team is not None and team.pk != row.team_id and not mailbox_teams(actor).filter(pk=team.pk).exists():
        raise DomainError("out_of_reach", _("You cannot give an account to this department."), field="team")
    same = ChatAccount.objects.filter(kind=values["kind"], external_id=values["external_id"])
    if same.exclude(pk=row.pk).exists():
        raise DomainError("known", _("This number or page is set up already."), field="external_id")
    if values["api_url"] != row.api_url or row.pk is None:
        _check_api(values["api_url"])


def _check_api(url: str) -> None:
    if "?" in url or len(url) > 200:
        raise DomainError("bad_address", _("Write the address without a question mark."), field="api_url")
    check_address(url, field="api_url")


def _state(row: ChatAccount) -> dict[str, Any]:
    return {
        "kind": row.kind, "name": row.name, "id": row.external_id, "business": row.business_id,
        "branch": row.branch_id, "team": row.team_id, "opens": row.opens_kind, "address": row.api_url,
        "in_use": row.is_active,
    }  # fmt: skip
