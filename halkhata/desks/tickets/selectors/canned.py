"""Ready-made answers: which somebody may use, and how they read for one customer (A52.19)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from halkhata.desks.tickets.models import CannedReply, Ticket
from halkhata.engines.messaging.services.placeholders import PLACEHOLDERS, fill, names_in
from halkhata.engines.messaging.services.rendering import placeholder_values
from halkhata.engines.work.selectors.promise_text import promise_sentence
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.text import search_key

# Of the placeholders of messages those that mean something in an answer somebody writes.
VARIABLES: dict[str, Any] = {
    **{
        name: PLACEHOLDERS[name]
        for name in ("customer", "number", "subject", "promise", "shop", "branch", "phone", "agent")
    },
    "links": gettext_lazy("the pages of help below, one a line"),
}
MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Filled:
    """A ready-made answer as it reads for one customer, in that customer's language."""

    reply: CannedReply
    text: str
    language: str


def usable_by(user: User) -> QuerySet[CannedReply]:
    """Those of the whole shop, of the user's departments, and the user's own."""
    return CannedReply.objects.filter(
        Q(team__isnull=True, owner__isnull=True) | Q(team_id__in=user.team_ids) | Q(owner=user)
    )


def editable_by(user: User) -> QuerySet[CannedReply]:
    """One's own; with the right to change settings those of the shop and of departments in reach, too."""
    own = Q(owner=user)
    if not user.may("settings.edit"):
        return CannedReply.objects.filter(own)
    shared = Q(owner__isnull=True)
    if user.role.scope != Scope.ALL:
        in_reach = Q(team_id__in=user.team_ids) | Q(team__branch__path__startswith=user.branch.path)
        shared &= Q(team__isnull=True) | in_reach
    return CannedReply.objects.filter(own | shared)


def counted(rows: QuerySet[CannedReply]) -> QuerySet[CannedReply]:
    """The rows with ``used``: in how many sent answers each was."""
    return rows.select_related("team", "owner", "for_category", "sets_category").annotate(used=Count("uses"))


def offered(user: User, ticket: Ticket, typed: str = "") -> list[Filled]:
    """What the picker shows for this ticket: fitting the category and the words typed, the most used first.

    Three queries, whatever the number of answers.
    """
    rows = counted(usable_by(user).filter(is_active=True)).filter(
        Q(for_category__isnull=True) | Q(for_category_id=ticket.category_id)
    )
    words = search_key(typed).split()
    found = [
        row
        for row in sorted(rows, key=lambda row: (-getattr(row, "used", 0), row.title_en or row.title_bn))
        if all(word in search_key(f"{row.title_bn} {row.title_en} {row.text_bn} {row.text_en}") for word in words)
    ]
    return filled_rows(user, ticket, found[:MOST_SHOWN])


def filled_rows(user: User, ticket: Ticket, rows: Iterable[CannedReply]) -> list[Filled]:
    """These ready-made answers as they read for this ticket."""
    values, language = _values(user, ticket), _language(ticket)
    return [_filled(row, values, language) for row in rows]


def filled_for(user: User, ticket: Ticket, pk: int) -> Filled | None:
    """One ready-made answer for this ticket; None for one the user may not use."""
    row = usable_by(user).filter(is_active=True, pk=pk).select_related("sets_category").first()
    return _filled(row, _values(user, ticket), _language(ticket)) if row is not None else None


def _language(ticket: Ticket) -> str:
    return ticket.customer.language if ticket.customer else "bn"


def _values(user: User, ticket: Ticket) -> dict[str, str]:
    language = _language(ticket)
    with translation.override(language):
        promise = promise_sentence(ticket, language=language) or _("as soon as we can")
        agent = user.name
    return placeholder_values(ticket, language=language, extra={"promise": promise, "agent": agent})


def _filled(row: CannedReply, values: dict[str, str], language: str) -> Filled:
    text = (row.text_bn or row.text_en) if language == "bn" else (row.text_en or row.text_bn)
    links = "\n".join(f"{link['label']}: {link['url']}" for link in row.links)
    body = fill(text, {**values, "links": links}).strip()
    if links and "links" not in names_in(text):
        body = f"{body}\n\n{links}"
    return Filled(reply=row, text=body, language=language)
