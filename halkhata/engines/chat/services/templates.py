"""Templates that Meta approves: read from Meta, or typed in with what Meta says of them."""

import re

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.chat.choices import ChatKind, TemplateState
from halkhata.engines.chat.models import ChatAccount, ChatTemplate
from halkhata.engines.chat.policies import accounts_visible_to
from halkhata.engines.chat.services.secrets import secret_of
from halkhata.engines.chat.wire.graph import Verdict, call
from halkhata.engines.chat.wire.hooks import objects, part, text
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.text import clean_text

NAME = re.compile(r"[a-z0-9_]{1,200}")
_GAP = re.compile(r"\{\{\s*(\d{1,2})\s*\}\}")
MOST = 1000
MOST_GAPS = 20
_STATES = {
    "APPROVED": TemplateState.APPROVED, "PENDING": TemplateState.PENDING, "REJECTED": TemplateState.REJECTED,
    "PAUSED": TemplateState.PAUSED, "DISABLED": TemplateState.REJECTED, "IN_APPEAL": TemplateState.PENDING,
    "PENDING_DELETION": TemplateState.PAUSED, "DELETED": TemplateState.REJECTED,
}  # fmt: skip


def gaps_of(body: str) -> int:
    """How many numbered gaps a text has. Raises DomainError ``gaps_not_in_order`` unless they are {{1}}, {{2}} …"""
    numbers = {int(one) for one in _GAP.findall(body)}
    if numbers != set(range(1, len(numbers) + 1)) or len(numbers) > MOST_GAPS:
        raise DomainError("gaps_not_in_order", _("Number the gaps {{1}}, {{2}} and so on, at most 20."), field="body")
    return len(numbers)


@transaction.atomic
def save_template(
    *, actor: User, account: ChatAccount, template: ChatTemplate | None, name: str, language: str, body: str, state: str
) -> ChatTemplate:
    """Type in a template as Meta has it. Raises PermissionRefused, NotFound, DomainError with the field."""
    require(actor, "settings.edit")
    if not accounts_visible_to(actor).filter(pk=account.pk, kind=ChatKind.WHATSAPP).exists():
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    words, called = clean_text(body, multiline=True)[:1024], clean_text(name)
    if not NAME.fullmatch(called):
        raise DomainError(
            "bad_name", _("Write the name as Meta has it: small letters, numbers and _ only."), field="name"
        )
    if not words:
        raise DomainError("empty", _("Write the text as Meta has approved it."), field="body")
    same = ChatTemplate.objects.filter(account=account, name=called, language=language)
    if (same if template is None else same.exclude(pk=template.pk)).exists():
        raise DomainError("known", _("This text is here already, in this language."), field="name")
    row = template or ChatTemplate(account=account)
    before = _state(row) if template else None
    row.name, row.language, row.body, row.state = called, language, words, TemplateState(state)
    row.gaps, row.is_synced, row.changed_at = gaps_of(words), False, now()
    row.save()
    record(actor=actor, action="chat_template.save", record=row, before=before, after=_state(row))
    return row


def sync_templates(account: ChatAccount) -> int:
    """Read all templates of the business account, outside any transaction. Returns how many; -1 when Meta refuses.

    What Meta no longer has is not approved any more; what was typed in and Meta knows nothing of stays as it is.
    """
    token = secret_of(account, "access_token")
    if account.kind != ChatKind.WHATSAPP or not account.business_id or not token or account.is_demo:
        return -1
    base = account.api_url.rstrip("/")
    address = f"{base}/{account.business_id}/message_templates?fields=name,language,status,components&limit=100"
    url = address
    found: dict[tuple[str, str], tuple[str, TemplateState]] = {}
    for _page in range(MOST // 100):
        result = call("GET", url, token, is_safe=True)
        if result.verdict != Verdict.DONE:
            return -1
        for one in objects(result.data.get("data")):
            body = _body_of(one)
            if body and text(one, "name"):
                state = _STATES.get(text(one, "status").upper(), TemplateState.PENDING)
                found[(text(one, "name")[:200], text(one, "language")[:10])] = (body, state)
        after = text(part(part(result.data, "paging"), "cursors"), "after")
        if not after or not text(part(result.data, "paging"), "next"):
            break
        # Never the address that the answer names: the token goes with it.
        url = f"{address}&after={after}"
    _keep(account, found)
    return len(found)


def _body_of(one: dict[str, object]) -> str:
    """The text of a template that can be sent with its body's values alone; "" for any other."""
    parts = objects(one.get("components"))
    plain = {"BODY", "FOOTER", "HEADER"}
    if any(text(each, "type").upper() not in plain for each in parts if each.get("parameters")):
        return ""
    heads = [each for each in parts if text(each, "type").upper() == "HEADER"]
    if any(text(each, "format").upper() not in {"", "TEXT"} or _GAP.search(text(each, "text")) for each in heads):
        return ""
    body = next((text(each, "text") for each in parts if text(each, "type").upper() == "BODY"), "")
    try:
        gaps_of(body)
    except DomainError:
        return ""
    return clean_text(body, multiline=True)[:1024]


@transaction.atomic
def _keep(account: ChatAccount, found: dict[tuple[str, str], tuple[str, TemplateState]]) -> None:
    at = now()
    known = {(row.name, row.language): row for row in ChatTemplate.objects.select_for_update().filter(account=account)}
    for key, (body, state) in found.items():
        row = known.pop(key, None) or ChatTemplate(account=account, name=key[0], language=key[1])
        if row.pk and (row.body, row.state, row.is_synced) == (body, state, True):
            continue
        row.body, row.state, row.gaps = body, state, gaps_of(body)
        row.is_synced, row.changed_at = True, at
        row.save()
    gone = [row.pk for row in known.values() if row.is_synced]
    ChatTemplate.objects.filter(pk__in=gone).update(state=TemplateState.REJECTED, changed_at=at)


def _state(row: ChatTemplate) -> dict[str, object]:
    return {"name": row.name, "language": row.language, "state": row.state, "text": row.body}
