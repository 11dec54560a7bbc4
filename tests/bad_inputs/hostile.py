"""Putting a marker into every text of the shop, and looking at pages in Chromium without a server.

The browser's requests are answered by Django's test client in the same transaction; whatever it asks of another host is
refused and written down.
"""

from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.db import DatabaseError, connections, models, transaction
from django.test import Client

ORIGIN = "http://testserver"
# Breaks out of text, of both kinds of quoted attribute, and is a template of five engines.
MARKER = '{{7*7}}${7*7}#{7*7}<%=7*7%>"\'><b hkx x="><img src=//evil.test/x onerror=alert(1)>'
# For columns that are shorter.
SHORT = "\"'><b hkx>"

# Columns that hold codes, addresses and secrets of ours: no form takes free text for them.
_OURS = {
    "code", "state", "kind", "task", "queue", "dedupe_key", "locked_by", "handler", "password", "token_hash",
    "code_hash", "secret", "previous_secret", "sha256", "path", "thumbnail_path", "content_type", "webhook_id",
    "time_zone", "zone", "cause", "verb", "number", "country", "session_key", "session_data", "app_label", "codename",
    "model", "default_language", "language", "digits", "currency", "trade", "provider_id", "step", "event", "action",
    "record_type", "url", "key", "value", "prefix", "scope", "ticket_kind", "opens_kind", "client_secret", "state_flag",
    "next_due_metric", "metric", "imap_password", "smtp_password", "imap_password_place", "smtp_password_place",
    "query",
    "outcome", "block_reason", "raw_html", "id", "issuer", "subject_hash", "address", "email", "username",
    "phone_e164", "customer_address", "from_address", "to_address", "message_id", "in_reply_to", "category", "body",
    "closed_weekdays", "district_code", "root_cause", "remedy", "error_code", "last_fetch_code", "last_send_code",
}  # fmt: skip
_LEFT_OUT = {"contenttypes", "sessions", "axes", "auth", "migrations"}


def taint() -> list[str]:
    """Write the marker into every free text of every row. Returns the columns, as "app.Model.field"."""
    done = []
    for model in apps.get_models():
        if model._meta.app_label in _LEFT_OUT or not model._meta.managed:
            continue
        for field in model._meta.local_concrete_fields:
            if not isinstance(field, models.CharField | models.TextField) or field.choices or field.name in _OURS:
                continue
            if isinstance(field, models.SlugField | models.EmailField | models.URLField):
                continue
            room = field.max_length or 10_000
            # A stored file's name has lost its slashes before (test_b100_too_much.py).
            text = MARKER if room >= len(MARKER) + 6 and field.name != "original_name" else SHORT
            if room < len(text):
                continue
            if _write(model, field, text, room):
                done.append(f"{model._meta.label}.{field.name}")
    return done


def _write(model: type[models.Model], field: models.Field, text: str, room: int) -> bool:
    try:
        with transaction.atomic():
            if not field.unique:
                return bool(model._base_manager.update(**{field.name: text}))
            for pk in list(model._base_manager.values_list("pk", flat=True)):
                model._base_manager.filter(pk=pk).update(**{field.name: f"{text}{pk}"[:room]})
            return True
    except DatabaseError:
        # Append-only tables, and columns whose values together must be different.
        return False


class Looker:
    """A page of Chromium that sees only what Django's client answers."""

    def __init__(self, page: Any, client: Client) -> None:
        self.page, self.client = page, client
        # Playwright answers requests in a greenlet of its own, where Django would open another connection: it would see
        # nothing of the test's transaction.
        self.database = connections["default"]
        self.dialogs: list[str] = []
        self.abroad: list[str] = []
        self.refused: list[str] = []
        self.answered: list[str] = []
        page.on("dialog", self._dialog)
        page.on("console", self._console)
        page.context.route("**/*", self._answer)

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _console(self, line: Any) -> None:
        if "Content Security Policy" in line.text:
            self.refused.append(line.text)

    def _answer(self, route: Any) -> None:
        connections["default"] = self.database
        request = route.request
        address = urlsplit(request.url)
        if f"{address.scheme}://{address.netloc}" != ORIGIN:
            self.abroad.append(request.url)
            route.abort()
            return
        if address.path == "/live/":
            route.fulfill(status=204)
            return
        path = address.path + (f"?{address.query}" if address.query else "")
        answer = self.client.get(path, headers={"host": "testserver"})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        self.answered.append(address.path)
        kept = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
        if answer.status_code in {301, 302}:
            # A redirect that is answered here would be followed past this door.
            route.fulfill(status=599, body=f"leads to {answer['Location']}")
            return
        route.fulfill(status=answer.status_code, headers=kept, body=body)

    def go(self, path: str) -> Any:
        """Open one address of the shop."""
        return self.page.goto(ORIGIN + path)

    def elements(self) -> int:
        """How many elements the marker has become, in the page and in every frame of it."""
        return sum(frame.evaluate("document.querySelectorAll('[hkx]').length") for frame in self.page.frames)
