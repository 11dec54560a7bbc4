"""API tokens: shown once, kept as SHA-256, with their own narrower rights."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import PERMISSIONS
from halkhata.foundation.accounts.models import ApiToken, User
from halkhata.foundation.accounts.policies import can_manage_structure
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.text import clean_text

PREFIX = "hk_"
# last_used_at is written at most this often: a busy machine must not queue a write with every read.
_USED_STEP = timedelta(minutes=1)


def create_token(
    *, actor: User, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token for ``actor`` and return it with the raw key, which nobody can ever see again.

    ``scopes`` are permissions the actor's role has. Raises PermissionRefused, DomainError ``no_name``, ``no_scope``,
    ``expiry_in_past``.
    """
    name = clean_text(name, max_length=80)
    if not name:
        raise DomainError("no_name", _("Say what the token is for."), field="name")
    if not scopes or set(scopes) - set(PERMISSIONS):
        raise DomainError("no_scope", _("Choose what the token may do."), field="scopes")
    if not all(actor.may(scope) for scope in scopes):
        raise PermissionRefused("scope_above_own", _("A token cannot do more than you may do yourself."))
    if expires_at is not None and expires_at <= now():
        raise DomainError("expiry_in_past", _("The token would have expired already."), field="expires_on")
    raw = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            user=actor,
            name=name,
            hint=raw[:8],
            token_hash=_hash(raw),
            scopes=sorted(set(scopes), key=list(PERMISSIONS).index),
            expires_at=expires_at,
        )
        record(
            actor=actor,
            action="token.create",
            record=token,
            after={"name": name, "scopes": token.scopes, "expires_at": expires_at},
        )
    return token, raw


def revoke_token(*, actor: User, token: ApiToken) -> None:
    """End a token at once: one's own, or anybody's for whoever manages the install. Revoking twice changes nothing."""
    if token.user_id != actor.pk and not can_manage_structure(actor):
        raise PermissionRefused("permission_refused", _("Your role does not allow this."))
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now()):
            record(actor=actor, action="token.revoke", record=token, after={"name": token.name})


def authenticate_token(raw: str | None) -> ApiToken | None:
    """The token behind a bearer key, or None when it is unknown, revoked, expired or its user may not sign in.

    Every answer costs one hash, one look-up and one comparison in constant time, so the time tells nothing.
    """
    digest = _hash(raw or "")
    token = ApiToken.objects.select_related("user__role", "user__branch").filter(token_hash=digest).first()
    same = hmac.compare_digest(token.token_hash if token else "0" * 64, digest)
    if token is None or not same:
        return None
    at = now()
    if (
        token.revoked_at is not None
        or (token.expires_at is not None and token.expires_at <= at)
        or not token.user.is_active
    ):
        return None
    if token.last_used_at is None or at - token.last_used_at >= _USED_STEP:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
        token.last_used_at = at
    return token


def token_may(token: ApiToken, permission: str) -> bool:
    """Whether the token's scopes and its user's role both allow ``permission``."""
    return permission in token.scopes and token.user.may(permission)


def _hash(raw: str) -> str:
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
