"""How much people have to do."""

from collections.abc import Sequence

from django.db.models import Count

from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import WorkItem


def open_items_of(user_ids: Sequence[int]) -> dict[int, int]:
    """How many unfinished pieces of work these people own; who has none is absent."""
    return dict(
        WorkItem.objects.filter(owner_id__in=user_ids)
        .exclude(state_flag=StateFlag.RESOLVED)
        .values_list("owner_id")
        .annotate(Count("pk"))
        .order_by()
    )
