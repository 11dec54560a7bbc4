"""The one class of errors that people and machines may see: a code, data, and a translated sentence.

The same error becomes the message beside a form field, the JSON problem of the API (RFC 9457) and the line in the log.
"""

from typing import Any

from django.utils.functional import Promise


class DomainError(Exception):
    """Something the user asked for cannot be done. Nothing was changed.

    ``code`` is stable and for machines, ``message`` is a translated sentence for people, ``field`` names the form field
    it belongs to, ``data`` holds values that a caller may want to show or log.
    """

    def __init__(self, code: str, message: "str | Promise", *, field: str | None = None, **data: Any) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.field = field
        self.data = data

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class PermissionRefused(DomainError):
    """The actor may not do this (HTTP 403)."""


class NotFound(DomainError):
    """The record does not exist, or is not for this reader's eyes: both answer alike (HTTP 404)."""


class Conflict(DomainError):
    """Somebody else changed the record in between, or the step does not fit its state (HTTP 409)."""
