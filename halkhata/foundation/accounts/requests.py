"""What the middleware and ``@needs`` make of Django's request, as names for types: nothing makes such an object."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.reader import Reader

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class ReaderRequest(HttpRequest):
    """A request that has come through the middleware: it is known how its sender reads."""

    reader: Reader
    htmx: "HtmxDetails"


class StaffRequest(ReaderRequest):
    """A request that ``@needs`` has let through: whoever sent it is a member of staff."""

    user: User
