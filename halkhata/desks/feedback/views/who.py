"""Who sent the request: behind ``@needs`` it is always a member of staff."""

from typing import cast

from django.http import HttpRequest

from halkhata.foundation.accounts.models import User


def staff(request: HttpRequest) -> User:
    """The member of staff who is signed in. Only for views that ``@needs`` guards."""
    return cast(User, request.user)
