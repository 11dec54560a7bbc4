"""Signing in with user name or phone number (US-22)."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db.models import QuerySet
from django.http import HttpRequest

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.kept_sql import SOME_ID, kept_objects
from halkhata.foundation.core.phones import PhoneError, parse_phone


def _active() -> QuerySet[User]:
    return User.objects.select_related("role", "branch").filter(pk=SOME_ID, is_active=True)


class UsernameOrPhoneBackend(BaseBackend):
    """Accepts the user name, or the phone number in any spelling."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """The user when the password is right and the account active, else None, in about the same time."""
        if not username or password is None:
            return None
        user = self._find(username)
        if user is None:
            # The same work as for a known name, so that the answer's time tells nothing.
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def _find(self, username: str) -> User | None:
        users = User.objects.select_related("role", "branch")
        user = users.filter(username__iexact=username.strip()).first()
        if user is not None:
            return user
        try:
            return users.filter(phone_e164=parse_phone(username).e164).first()
        except PhoneError:
            return None

    def get_user(self, user_id: int) -> User | None:
        """The active user with role and branch, for the session: one query."""
        found = kept_objects("user of a session", _active, {SOME_ID: user_id})
        return found[0] if found else None
