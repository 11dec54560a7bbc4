"""Bearer keys: ``Authorization: Bearer hk_…``. The browser's session cookie opens nothing here."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja.security import HttpBearer

from halkhata.foundation.accounts.models import ApiToken, User
from halkhata.foundation.accounts.services.tokens import authenticate_token, token_may
from halkhata.foundation.core.errors import PermissionRefused


class KeyRequest(HttpRequest):
    """What a view of the API gets once the key has let it through. A name for types: nothing makes one."""

    user: User
    auth: ApiToken


class BearerKey(HttpBearer):
    """Puts the ApiToken in ``request.auth`` and its user in ``request.user``; looks the key up once a request."""

    openapi_description = "A key made in the settings: `Authorization: Bearer hk_…`. What it may do is chosen there."

    def __call__(self, request: HttpRequest) -> Any:
        if not hasattr(request, "_key_found"):
            request._key_found = super().__call__(request)  # type: ignore[attr-defined]
        return request._key_found  # type: ignore[attr-defined]

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token, with its user as the request's."""
        found = authenticate_token(token)
        if found is not None:
            request.user = found.user
        return found


def require_scope(request: KeyRequest, permission: str) -> None:
    """Raise PermissionRefused unless the key's scopes and its user's role both allow ``permission``."""
    if not token_may(request.auth, permission):
        raise PermissionRefused(
            "scope_missing",
            _("This key may not do that: %(permission)s is not among its scopes.") % {"permission": permission},
            permission=permission,
        )
