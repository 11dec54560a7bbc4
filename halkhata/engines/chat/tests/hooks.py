"""Webhooks for tests, as Meta builds and signs them."""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from django.test import Client

from halkhata.engines.chat.models import ChatAccount
from halkhata.engines.chat.services.processing import due_events, process_event
from halkhata.engines.chat.services.secrets import seal_into
from halkhata.engines.chat.tests.fake_meta import TOKEN
from halkhata.foundation.core.clock import now

SECRET = "app-secret-of-the-shop"
PHONE_ID, PAGE_ID = "590968830767958", "113355779911"
RAHIM = "8801712345678"


def make_account(
    shop: Any, *, kind: str = "whatsapp", url: str = "http://127.0.0.1:9/v23.0", **fields: Any
) -> ChatAccount:
    """An account with its secrets."""
    values = {
        "key": f"hook-{kind}", "kind": kind, "name": "Showroom", "branch": shop.branch, "team": shop.team,
        "external_id": PHONE_ID if kind == "whatsapp" else PAGE_ID, "business_id": "4455667788", "api_url": url,
    }  # fmt: skip
    row = ChatAccount(**{**values, **fields})
    for name, plain in (("app_secret", SECRET), ("access_token", TOKEN), ("verify_token", "our-word")):
        seal_into(row, name, plain)
    row.save()
    return row


def wa_message(
    text: str = "ফ্রিজ ঠান্ডা হয় না", *, wamid: str = "wamid.1", number: str = RAHIM, user_id: str = "",
    name: str = "Rahim", at: datetime | None = None, **other: Any,
) -> dict[str, Any]:  # fmt: skip
    """A webhook of WhatsApp with one message; ``other`` takes another type's parts."""
    message: dict[str, Any] = {"id": wamid, "timestamp": str(int((at or now()).timestamp()))}
    message |= other or {"type": "text", "text": {"body": text}}
    contact: dict[str, Any] = {"profile": {"name": name}}
    if number:
        message["from"], contact["wa_id"] = number, number
    if user_id:
        message["from_user_id"], contact["user_id"] = user_id, user_id
    return _wa({"contacts": [contact], "messages": [message]})


def wa_status(
    wamid: str, status: str, *, key: str = "", at: datetime | None = None, errors: Any = None
) -> dict[str, Any]:
    """News of a message of ours."""
    one = {"id": wamid, "status": status, "timestamp": str(int((at or now()).timestamp())), "recipient_id": RAHIM}
    one |= {"biz_opaque_callback_data": key} if key else {}
    return _wa({"statuses": [one | ({"errors": errors} if errors else {})]})


def _wa(value: dict[str, Any]) -> dict[str, Any]:
    whole = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": PHONE_ID}, **value}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "4455667788", "changes": [{"field": "messages", "value": whole}]}],
    }


def page_hook(**one: Any) -> dict[str, Any]:
    """A webhook of a page with one thing that happened."""
    values = {"sender": {"id": "PSID7"}, "recipient": {"id": PAGE_ID}, "timestamp": int(now().timestamp() * 1000)}
    return {"object": "page", "entry": [{"id": PAGE_ID, "time": 1, "messaging": [{**values, **one}]}]}


def sign(body: bytes, secret: str = SECRET) -> str:
    """The header X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(account: ChatAccount, hook: Any, *, secret: str = SECRET, signature: str | None = None) -> int:
    """Send a webhook; returns the status."""
    body = hook if isinstance(hook, bytes) else json.dumps(hook).encode()
    headers = {"X-Hub-Signature-256": sign(body, secret) if signature is None else signature}
    client = Client(enforce_csrf_checks=True)
    return client.post(
        f"/chat/hooks/{account.key}/", body, content_type="application/json", headers=headers
    ).status_code


def work() -> None:
    """Work on all that is due, as the job does."""
    for pk in due_events():
        process_event(pk)


def told(account: ChatAccount, hook: Any) -> None:
    """Send a webhook and work on it."""
    assert post(account, hook) == 200
    work()
