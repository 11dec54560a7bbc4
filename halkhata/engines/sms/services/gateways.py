"""Setting gateways up (A52.1, E.6)."""

import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.sms.adapters import ADAPTERS
from halkhata.engines.sms.models import Gateway
from halkhata.engines.sms.policies import branches_for, gateway_for, may_set_default, require
from halkhata.engines.sms.services.access import seal_hook, seal_secrets, secrets_of
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core import outbound_http
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text

# Options that are addresses, too.
_ADDRESSES = ("ask_url", "balance_url")


def save_gateway(
    *,
    actor: User,
    gateway: Gateway | None,
    kind: str,
    name: str,
    base_url: str,
    branch: Branch | None = None,
    sender_name: str = "",
    is_active: bool = True,
    balance_limit: Decimal | None = None,
    options: Mapping[str, str] | None = None,
    new_secrets: Mapping[str, str] | None = None,
) -> Gateway:
    """Add a gateway or change one; an empty secret keeps the old one, unless its address leads to another server.

    Raises PermissionRefused, NotFound, AddressRefused; DomainError with the field: ``no_name``, ``out_of_reach``,
    ``secret_missing``, ``secrets_elsewhere``; Conflict ``taken`` when another one carries there already.
    """
    require(actor)
    row = gateway_for(actor, gateway.pk) if gateway is not None else Gateway(kind=kind)
    adapter = ADAPTERS[row.kind]
    _refuse_out_of_reach(actor, row, branch)
    kept = {field.name: clean_text((options or {}).get(field.name, ""), multiline=field.lines, max_length=1500)
            for field in adapter.fields if not field.secret}  # fmt: skip
    address = base_url.strip().rstrip("/")
    _check_addresses(address, kept)
    sealed = _settle_secrets(row, address, kept, dict(new_secrets or {}))
    before = _state(row) if gateway is not None else None
    row.name = clean_text(name, max_length=80)
    if not row.name:
        raise DomainError("no_name", _("Write a name."), field="name")
    row.base_url, row.branch, row.options, row.sealed = address, branch, kept, sealed
    row.sender_name, row.is_active = clean_text(sender_name, max_length=32), is_active and not row.is_demo
    row.balance_limit = balance_limit
    if row.low_since is not None and (balance_limit is None or (row.balance or 0) >= balance_limit):
        row.low_since = None
    if not row.hook_hash:
        row.hook_sealed, row.hook_hash = seal_hook(secrets.token_hex(24))
    try:
        with transaction.atomic():
            row.save()
            record(actor=actor, action="sms_gateway.save", record=row, before=before, after=_state(row))
    except IntegrityError as error:
        raise Conflict(
            "taken", _("Another gateway carries there already. Take that one out of use first."), field="is_active"
        ) from error
    return row


@transaction.atomic
def new_hook_secret(*, actor: User, gateway: Gateway) -> Gateway:
    """New addresses for reports and arriving texts; the old ones open nothing from now on."""
    require(actor)
    row = gateway_for(actor, gateway.pk)
    row.hook_sealed, row.hook_hash = seal_hook(secrets.token_hex(24))
    row.save(update_fields=["hook_sealed", "hook_hash"])
    record(actor=actor, action="sms_gateway.secret", record=row)
    return row


def _refuse_out_of_reach(actor: User, row: Gateway, branch: Branch | None) -> None:
    if branch is None and not may_set_default(actor):
        raise DomainError("out_of_reach", _("Choose a branch: the whole shop's gateway is not yours."), field="branch")
    if branch is not None and not branches_for(actor).filter(pk=branch.pk).exists():
        raise DomainError("out_of_reach", _("You cannot give a gateway to this branch."), field="branch")


def _check_addresses(address: str, options: Mapping[str, str]) -> None:
    outbound_http.check_address(address.partition("?")[0], field="base_url")
    for name in _ADDRESSES:
        if options.get(name):
            # Gaps stand in the path and behind the question mark only: what is checked is the server.
            outbound_http.check_address(options[name].partition("?")[0].replace("{", "").replace("}", ""), field=name)


def _settle_secrets(row: Gateway, address: str, options: Mapping[str, str], typed: dict[str, str]) -> str:
    fields = [field for field in ADAPTERS[row.kind].fields if field.secret]
    old = secrets_of(row) or {}
    servers = {_server(one) for one in (address, *(options.get(name, "") for name in _ADDRESSES)) if one}
    before = (row.base_url, *(str(row.options.get(name, "")) for name in _ADDRESSES)) if row.pk else ()
    moved = bool(row.pk) and not servers <= {_server(one) for one in before if one}
    found: dict[str, Any] = {}
    for field in fields:
        value = typed.get(field.name, "").strip()
        if not value and old.get(field.name):
            if moved:
                raise DomainError(
                    "secrets_elsewhere",
                    _("The address leads to another server now: type this again."),
                    field=field.name,
                )
            value = old[field.name]
        if field.required and not value:
            raise DomainError("secret_missing", _("This is needed."), field=field.name)
        if value:
            found[field.name] = value[:500]
    return seal_secrets(found) if found else ""


def _server(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _state(row: Gateway) -> dict[str, object]:
    """What the trail keeps: never a secret, and of addresses only the server, for a key may stand behind it."""
    return {
        "name": row.name, "kind": row.kind, "server": _server(row.base_url), "in_use": row.is_active,
        "branch": row.branch.name if row.branch is not None else "", "sender": row.sender_name,
        "limit": None if row.balance_limit is None else str(row.balance_limit),
    }  # fmt: skip
