"""Opening a gateway's secrets, and finding the one that carries for a branch."""

import json
from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse

from halkhata.engines.messaging.selectors.texting import texting_settings
from halkhata.engines.sms.adapters import ADAPTERS
from halkhata.engines.sms.adapters.base import Access, Adapter
from halkhata.engines.sms.models import Gateway
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.secret_box import keyed_hash, seal, unseal

_PURPOSE = "halkhata.sms.gateways"
_HOOKS = "halkhata.sms.hooks"


def adapter_of(gateway: Gateway) -> Adapter:
    """How this gateway is spoken to."""
    return ADAPTERS[gateway.kind]


def seal_secrets(secrets: Mapping[str, str]) -> str:
    """What is stored of keys and passwords."""
    return seal(json.dumps(dict(secrets)), purpose=_PURPOSE)


def secrets_of(gateway: Gateway) -> dict[str, str] | None:
    """Keys and passwords in clear; None when they can no longer be opened."""
    if not gateway.sealed:
        return {}
    opened = unseal(gateway.sealed, purpose=_PURPOSE)
    return dict(json.loads(opened)) if opened else None


def access_of(gateway: Gateway) -> Access | None:
    """Where and as whom it is called; None when its secrets must be typed again."""
    secrets = secrets_of(gateway)
    if secrets is None:
        return None
    sender = gateway.sender_name or texting_settings().sender_name
    return Access(url=gateway.base_url, sender=sender, options=dict(gateway.options), secrets=secrets)


def seal_hook(secret: str) -> tuple[str, str]:
    """The secret of a gateway's own addresses as it is stored: sealed, and hashed."""
    return seal(secret, purpose=_HOOKS), keyed_hash(secret, purpose=_HOOKS)


def gateway_of_hook(secret: str) -> Gateway | None:
    """The gateway whose addresses have this secret. Found by a keyed hash: how long it takes tells nothing of it."""
    return Gateway.objects.filter(hook_hash=keyed_hash(secret, purpose=_HOOKS), is_demo=False).first()


def hook_address(gateway: Gateway, what: str) -> str:
    """The address that the gateway calls for ``what`` ("report", "message"); "" when it can no longer be told."""
    secret = unseal(gateway.hook_sealed, purpose=_HOOKS)
    return settings.BASE_URL.rstrip("/") + reverse(f"sms:hook_{what}", args=[secret]) if secret else ""


def carrying_gateway(branch: Branch | None) -> Gateway | None:
    """The active gateway of the branch, else of the nearest one above it, else the whole shop's."""
    rows = list(Gateway.objects.filter(is_active=True, is_demo=False).select_related("branch"))
    path = branch.path if branch is not None else ""
    fit = [row for row in rows if row.branch is not None and path and path.startswith(row.branch.path)]
    if fit:
        return max(fit, key=lambda row: len(row.branch.path) if row.branch is not None else 0)
    return next((row for row in rows if row.branch is None), None)
