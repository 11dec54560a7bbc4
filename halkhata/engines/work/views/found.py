"""From a number in an address to an item the reader may see."""

from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.formatting import parse_ref


def item_for(user: User, number: str) -> WorkItem:
    """The item of this number, in either script, inside the user's scope. Raises NotFound, also for a foreign one."""
    rows = WorkItem.objects.visible_to(user).select_related("customer", "owner", "team", "branch", "parent")
    item = rows.filter(number=parse_ref(number) or number).first()
    if item is None:
        raise NotFound("item_not_found", _("There is no such piece of work."))
    return item
