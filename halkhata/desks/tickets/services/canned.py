"""Keeping ready-made answers, and counting their use (A52.19)."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import CannedReply, CannedUse, Category, Ticket
from halkhata.desks.tickets.selectors.canned import VARIABLES, editable_by, usable_by
from halkhata.desks.tickets.services.editing import change_ticket
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.placeholders import check_placeholders
from halkhata.foundation.accounts.models import Team, User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.text import clean_text

SHOP, TEAM, OWN = "shop", "team", "own"
STATES = (
    TicketState.OPEN, TicketState.WAITING_CUSTOMER, TicketState.WAITING_MANUFACTURER, TicketState.WAITING_INTERNAL,
)  # fmt: skip
MAX_TEXT = 10_000
MAX_LINKS = 10
_FIELDS = ("title_bn", "title_en", "text_bn", "text_en", "links", "sets_state", "is_active")


def save_canned(
    *,
    actor: User,
    reply: CannedReply | None = None,
    scope: str = OWN,
    team: Team | None = None,
    title_bn: str = "",
    title_en: str = "",
    text_bn: str = "",
    text_en: str = "",
    for_category: Category | None = None,
    links: Sequence[dict[str, str]] = (),
    sets_state: str = "",
    sets_category: Category | None = None,
    is_active: bool = True,
    version: int | None = None,
) -> CannedReply:
    """Add a ready-made answer (``reply`` None) or change one.

    One's own needs the right to answer customers, one for others the right to change settings. Raises
    PermissionRefused, NotFound; Conflict ``changed_meanwhile``; DomainError at its field: ``no_title``, ``empty``,
    what ``check_placeholders`` raises, ``bad_link``, ``team_missing``, ``bad_state``.
    """
    if not actor.may("ticket.reply") or (scope != OWN and not actor.may("settings.edit")):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission="settings.edit")
    values: dict[str, Any] = {
        "title_bn": clean_text(title_bn, max_length=80),
        "title_en": clean_text(title_en, max_length=80),
        "text_bn": clean_text(text_bn, multiline=True, max_length=MAX_TEXT),
        "text_en": clean_text(text_en, multiline=True, max_length=MAX_TEXT),
        "links": _checked_links(links),
        "sets_state": sets_state,
        "is_active": is_active,
    }
    if not values["title_bn"] and not values["title_en"]:
        raise DomainError("no_title", _("Give it a name in one of the languages."), field="title_bn")
    if not values["text_bn"] and not values["text_en"]:
        raise DomainError("empty", _("Write the text."), field="text_bn")
    for field in ("text_bn", "text_en"):
        check_placeholders(values[field], field, VARIABLES)
    if sets_state and sets_state not in STATES:
        raise DomainError("bad_state", _("The ticket cannot go into this state."), field="sets_state")
    if scope == TEAM and team is None:
        raise DomainError("team_missing", _("Whose department is it for?"), field="team")
    with transaction.atomic():
        row = CannedReply() if reply is None else editable_by(actor).select_for_update(of=("self",)).filter(
            pk=reply.pk
        ).first()  # fmt: skip
        if row is None:
            raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
        if reply is not None and version is not None and row.version != version:
            raise Conflict(
                "changed_meanwhile", _("Somebody else changed this text meanwhile. Please look at it again.")
            )
        before = {name: getattr(row, name) for name in _FIELDS} if reply is not None else None
        for name, value in values.items():
            setattr(row, name, value)
        row.owner = actor if scope == OWN else None
        row.team = team if scope == TEAM else None
        row.for_category, row.sets_category = for_category, sets_category
        row.version = row.version + 1 if reply is not None else 1
        row.save()
        record(actor=actor, action="canned.save", record=row, before=before, after=values)
    return row


def remove_canned(*, actor: User, reply: CannedReply) -> None:
    """Take a ready-made answer away. Sent answers stay as they are. Raises NotFound."""
    with transaction.atomic():
        row = editable_by(actor).select_for_update(of=("self",)).filter(pk=reply.pk).first()
        if row is None:
            raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
        record(actor=actor, action="canned.remove", record=row, before={name: getattr(row, name) for name in _FIELDS})
        row.delete()


def note_use(*, actor: User, ticket: Ticket, message: Message, ids: Collection[int]) -> int:
    """Count the ready-made answers that went into a sent answer, each once, and set the category they ask for.

    Whichever the user may not use are left out. Returns how many were counted.
    """
    rows = list(usable_by(actor).filter(pk__in=list(ids)[:20], is_active=True).select_related("sets_category"))
    with transaction.atomic():
        CannedUse.objects.bulk_create(
            [CannedUse(reply=row, message=message, user=actor, at=now()) for row in rows], ignore_conflicts=True
        )
        wanted = next((row.sets_category for row in rows if row.sets_category and row.sets_category.is_active), None)
        if wanted is not None and ticket.category_id != wanted.pk and actor.may("ticket.edit"):
            change_ticket(actor=actor, ticket=ticket, category=wanted)
    return len(rows)


def _checked_links(links: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    checked = []
    for link in list(links)[:MAX_LINKS]:
        label, url = clean_text(link.get("label", ""), max_length=80), clean_text(link.get("url", ""), max_length=300)
        if not url.startswith(("https://", "http://")) or " " in url or not label:
            raise DomainError(
                "bad_link", _("Each link needs a name and an address that begins with https://"), field="links"
            )
        checked.append({"label": label, "url": url})
    return checked
