"""The language of a public page: ?lang= in the address, else the switch's cookie, else what the page proposes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest
from django.utils import translation

from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import DEFAULT_TIME_ZONE, Reader, reader_context

LANGUAGES = (("bn", "বাংলা"), ("en", "English"))


def language_of(request: HttpRequest, proposed: str = "") -> str:
    """The language in which to answer."""
    for wanted in (request.POST.get("lang"), request.GET.get("lang"), proposed, request.COOKIES.get("language")):
        if wanted in {"bn", "en"}:
            return str(wanted)
    return Installation.current().default_language or "bn"


@contextmanager
def spoken(language: str, zone: str = DEFAULT_TIME_ZONE) -> Iterator[None]:
    """Within the block texts, digits and dates are in this language, and times in ``zone`` (an IANA name)."""
    reader = Reader(
        language="bn" if language == "bn" else "en",
        digits="bengali" if language == "bn" else "latin",
        time_zone=zone,
        show_bangla_date=language == "bn",
    )
    with translation.override(language), reader_context(reader):
        yield
