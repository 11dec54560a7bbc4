"""Which item was merged into which, and what it takes to undo it (A52.14, docs/adr/0014)."""

from django.db import models
from django.db.models import F, Q

from halkhata.engines.work.models.items import WorkItem
from halkhata.foundation.accounts.models import User


class ItemMerge(models.Model):
    """One merge. While ``undone_at`` is empty it holds; afterwards it is only remembered.

    ``survivor`` is whom it was merged into then; where it leads to now stands in ``WorkItem.merged_into``. A trigger
    refuses a survivor that is merged itself, so a chain never closes to a ring.
    """

    merged = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="merges")
    survivor = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="took_in")
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_label = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    # The rows as they were: {"merged": {columns}, "merged_clocks": [...], "survivor_clocks": [...], "priority": "..."}.
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(merged=F("survivor")), name="work_merge_not_into_itself"),
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="work_one_standing_merge"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("at")), name="work_merge_undone_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} -> {self.survivor_id}"
