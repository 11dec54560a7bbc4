"""Why promises were broken: the shop's list of reasons, and what was said about each break (A51.9, US-12)."""

from django.db import models
from django.db.models import Q

from halkhata.engines.work.models.items import WorkItem
from halkhata.engines.work.models.sla import SlaClock
from halkhata.foundation.accounts.models import Named


class DelayReason(Named):
    """A reason of the shop's own, or its own words for (or against) one that the product knows.

    The reasons the product knows (choices.DelayCause) are there without a row: a row under their code renames them,
    moves them or takes them out of use. Codes are never deleted, so an old line always has its words.
    """

    code = models.SlugField(max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(default=100)
    # Whether a sentence of one's own must stand beside it.
    needs_note = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="work_delay_reason_has_name")
        ]


class DelayNote(models.Model):
    """What was said about one broken promise. Append-only: a second thought is a second line."""

    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="delay_notes")
    clock = models.ForeignKey(SlaClock, on_delete=models.CASCADE, related_name="delay_notes")
    at = models.DateTimeField()
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=500, blank=True)
    # The time the customer is given instead; none when only the reason was said.
    promised_at = models.DateTimeField(null=True, blank=True)
    actor_id_then = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="work_delay_note_has_reason"),
            models.CheckConstraint(condition=~Q(reason="other") | ~Q(note=""), name="work_delay_other_says_what"),
        ]
        indexes = [
            models.Index(fields=["item", "at", "id"], name="work_delay_note_line"),
            models.Index(fields=["at", "reason"], name="work_delay_note_when"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.reason}"
