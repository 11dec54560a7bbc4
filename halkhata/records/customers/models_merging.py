"""Who was merged into whom and what it takes to undo it, and pairs that may be one person (A56.5, A56.6, ADR 0015)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now

# The customers' own module imports this one at its end, so the customer is named and not imported.
CUSTOMER = "customers.Customer"


class PairState(models.TextChoices):
    """What people said of two customers who look like one."""

    OPEN = "open", _("Not looked at")
    DIFFERENT = "different", _("Two people")
    MERGED = "merged", _("One person")


class CustomerMerge(models.Model):
    """One merge. While ``undone_at`` is empty it holds; afterwards it is only remembered.

    ``survivor`` is whom it was merged into then; where the merged one leads to now stands in ``Customer.merged_into``.
    """

    merged = models.ForeignKey(CUSTOMER, on_delete=models.CASCADE, related_name="merges")
    survivor = models.ForeignKey(CUSTOMER, on_delete=models.CASCADE, related_name="took_in")
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_label = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    # The survivor's columns that the merge changed: {name: [before, after]}; ids, instants in ISO 8601.
    columns = models.JSONField(default=dict)
    # Contact points whose place changed: {id: [was the first one, is the first one]}.
    first_ones = models.JSONField(default=dict)
    # What the apps above keep for the undoing: {name of the participant: data}.
    kept = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(merged=F("survivor")), name="customers_merge_not_into_itself"),
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="customers_one_standing_merge"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("at")), name="customers_merge_undone_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} -> {self.survivor_id}"


class MergedRows(models.Model):
    """The rows of one table that a merge moved, by id."""

    merge = models.ForeignKey(CustomerMerge, on_delete=models.CASCADE, related_name="rows")
    model_label = models.CharField(max_length=100)
    field = models.CharField(max_length=60)
    ids = models.JSONField(default=list)
    # The highest id in the table then: later rows came after the merge.
    last_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merge", "model_label", "field"], name="customers_merged_rows_once")
        ]

    def __str__(self) -> str:
        return f"{self.model_label}.{self.field}: {len(self.ids)}"


class DuplicatePair(models.Model):
    """Two customers who may be one person: proposed, never merged by itself."""

    first = models.ForeignKey(CUSTOMER, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(CUSTOMER, on_delete=models.CASCADE, related_name="+")
    # How sure, in per cent.
    score = models.PositiveSmallIntegerField()
    # What speaks for and against it: [[field, level, bits]].
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=PairState.choices, default=PairState.OPEN)
    found_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="customers_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="customers_pair_in_order"),
            models.CheckConstraint(condition=Q(score__lte=100), name="customers_pair_score"),
            models.CheckConstraint(condition=Q(state__in=PairState.values), name="customers_pair_state"),
        ]
        indexes = [
            models.Index(fields=["-score", "-id"], condition=Q(state="open"), name="customers_open_pairs"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}?"


class DuplicateSearch(models.Model):
    """One search for pairs: the whole book, or what changed since the last one."""

    whole_book = models.BooleanField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # The last customer that was looked at: a search goes on there, whatever was killed.
    reached = models.BigIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="customers_search_latest")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"
