"""Saved views of the queue: one's own, or shared."""

from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.models import SavedView
from halkhata.engines.work.policies import can_delete_view
from halkhata.engines.work.selectors.filters import QueueFilters
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.text import clean_text


@transaction.atomic
def save_view(*, actor: User, name: str, query: str, is_shared: bool = False) -> SavedView:
    """Keep filters under a name; the same name again replaces one's own earlier view.

    Only known filters are kept. Raises DomainError (``name_missing``).
    """
    title = clean_text(name, max_length=80)
    if not title:
        raise DomainError("name_missing", _("Give the view a name."), field="name")
    kept = QueueFilters.read(QueryDict(query[:500])).query()
    view, made = SavedView.objects.update_or_create(
        owner=actor, name=title, defaults={"query": kept, "is_shared": is_shared}
    )
    record(actor=actor, action="view.save", record=view, after={"query": kept, "shared": is_shared, "new": made})
    return view


def view_for(user: User, pk: int) -> SavedView:
    """A view the user may use. Raises NotFound."""
    view = SavedView.objects.filter(Q(owner=user) | Q(is_shared=True), pk=pk).first()
    if view is None:
        raise NotFound("view_not_found", _("There is no such view."))
    return view


@transaction.atomic
def remove_view(*, actor: User, view: SavedView) -> None:
    """Remove a view. Raises PermissionRefused for somebody else's."""
    if not can_delete_view(actor, view):
        raise PermissionRefused("view_refused", _("This view belongs to somebody else."))
    record(actor=actor, action="view.remove", record=view, before={"query": view.query})
    view.delete()
