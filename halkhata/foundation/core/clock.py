"""The one place that asks what time it is, so that tests can move it."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The present instant in UTC, with its zone."""
    return timezone.now()
