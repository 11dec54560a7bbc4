"""What the tests of following share: a browser, the code that was prepared, a digest of the whole database."""

import hashlib
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client

from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.services.telling import look_and_tell
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.texts import words_of
from halkhata.foundation.core.text import fold_digits

FOLLOW, CODE, ENTER, MINE_ENTER = "/c/follow/", "/c/follow/code/", "/c/data/enter/", "/c/mine/enter/"
# Grows by every look at a page, or by being refused, which is what it is for.
COUNTED = {"operations.requestcount", "operations.requestcounter", "sessions.session"}


def ask(browser: Client, number: str, phone: str, language: str = "en", **headers: Any) -> Any:
    """Ask for a code, and have the job do its part."""
    response = browser.post(FOLLOW, {"number": number, "phone": phone, "lang": language}, **headers)
    for request in FollowRequest.objects.filter(looked_at__isnull=True):
        look_and_tell(request.pk)
    return response


def ask_for_own(browser: Client, phone: str, language: str = "en", **headers: Any) -> Any:
    """Ask for the code to one's own data, and have the job do its part."""
    response = browser.post(ENTER, {"phone": phone, "lang": language}, **headers)
    for request in FollowRequest.objects.filter(looked_at__isnull=True):
        look_and_tell(request.pk)
    return response


def enter_own(browser: Client, phone: str, language: str = "en") -> Any:
    """The whole way to one's own data. Returns the answer to the code."""
    ask_for_own(browser, phone, language)
    return browser.post(CODE, {"code": own_code(), "lang": language})


def enter_mine(browser: Client, phone: str, language: str = "en") -> Any:
    """The whole way to one's own products. Returns the answer to the code."""
    browser.post(MINE_ENTER, {"phone": phone, "lang": language})
    for request in FollowRequest.objects.filter(looked_at__isnull=True):
        look_and_tell(request.pk)
    return browser.post(CODE, {"code": told_code(), "lang": language})


def own_code() -> str:
    """The newest code to own data: the six digits of the newest text."""
    return told_code()


def told_code() -> str:
    """The newest code, as staff would read it out."""
    message = TextMessage.objects.filter(purpose="code", channel="sms").order_by("-pk").first()
    words = fold_digits(words_of(message)) if message else ""
    return words[:6]


def enter(browser: Client, number: str, phone: str, language: str = "en") -> Any:
    """The whole way in. Returns the answer to the code."""
    ask(browser, number, phone, language)
    return browser.post(CODE, {"code": told_code(), "lang": language})


def digest(*leave_out: str) -> str:
    """A digest of every row of every table, but those that only count requests, and ``leave_out``."""
    sums = hashlib.sha256()
    tables = set(connection.introspection.table_names())
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda one: one._meta.label_lower):
        if model._meta.label_lower in COUNTED | set(leave_out) or model._meta.db_table not in tables:
            continue
        for row in model._base_manager.order_by("pk").values_list():
            sums.update(repr((model._meta.label_lower, row)).encode())
    return sums.hexdigest()
