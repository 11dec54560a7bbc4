"""Minutes of work that people write down by hand (A52.13)."""

from django.db import models
from django.db.models import Q

from halkhata.engines.work.models.items import WorkItem


class WorkMinutes(models.Model):
    """One line of an item's ledger: who worked how long, when and on what. Append-only.

    A line that was wrong is taken back by a second line with the same minutes below zero, once; both stay.
    """

    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="minutes")
    minutes = models.SmallIntegerField()
    # The day of the work, as it was at the branch.
    worked_on = models.DateField()
    what = models.CharField(max_length=300)
    # The line that this one takes back.
    takes_back = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="taken_back_by"
    )
    at = models.DateTimeField()
    actor_id_then = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(takes_back__isnull=True, minutes__gte=1, minutes__lte=1440)
                | Q(takes_back__isnull=False, minutes__gte=-1440, minutes__lte=-1),
                name="work_minutes_of_a_day",
            ),
            models.CheckConstraint(condition=~Q(what=""), name="work_minutes_say_what"),
        ]
        indexes = [models.Index(fields=["item", "at", "id"], name="work_minutes_line")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.minutes} min"
