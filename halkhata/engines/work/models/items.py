"""The spine: whatever someone must do for a customer by some time."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import Channel, Outcome, Priority, StateFlag, WorkEventKind
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.accounts.visibility import VisibleQuerySet
from halkhata.records.customers.models import Customer
from halkhata.records.customers.shown_customers import note_shown


class WorkItemQuerySet(VisibleQuerySet["WorkItem"]):
    """Conditions on many items."""

    def unfinished(self) -> "WorkItemQuerySet":
        """Still to be done: open or paused."""
        return self.exclude(state_flag=StateFlag.RESOLVED)

    def breaching(self, at: datetime) -> "WorkItemQuerySet":
        """Unfinished with a promise that has passed at ``at``."""
        return self.unfinished().filter(next_due_at__lte=at)


class WorkItem(models.Model):
    """The row that every desk's record shares (class-table inheritance): number, owner, state flag, next due time."""

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="work_items")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    # Merged into this one, which is not merged itself (models/merges.py); only the survivor is worked on.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged_items", db_index=False
    )
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="work_items")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="work_items")
    # Never nobody (A52.10, US-09): when no agent fits, the branch's manager owns it.
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="work_items")
    # Why it went to the owner's queue instead of to one of the team (selectors/given.py); none: the rule chose.
    given_why = models.JSONField(null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    priority = models.CharField(max_length=8, choices=Priority.choices, default=Priority.NORMAL)
    state_flag = models.CharField(max_length=8, choices=StateFlag.choices, default=StateFlag.OPEN)
    # The desk's own state code ("waiting_customer"); the desk owns its meaning.
    state = models.CharField(max_length=24, default="new")
    opened_at = models.DateTimeField()
    first_response_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    last_activity_at = models.DateTimeField()
    # Last time we did something the customer could notice; "days without update" counts from here.
    last_update_at = models.DateTimeField()
    # What brought a planned piece of work about ("survey:17"); unique, so that a repeated step opens nothing twice.
    cause = models.CharField(max_length=120, blank=True)
    # When a planned piece of work (follow-up call, recovery) is to be done; also its due time.
    planned_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=14, choices=Outcome.choices, blank=True)
    outcome_note = models.TextField(blank=True)
    # Derived from the promise clocks by services/promises.py: earliest running due time, and whether one was broken.
    next_due_at = models.DateTimeField(null=True, blank=True)
    next_due_metric = models.CharField(max_length=10, blank=True)
    is_breached = models.BooleanField(default=False)
    # Broken promises nobody has given the reason of yet; a piece of work may not end with one (A51.9, US-12).
    unexplained_delays = models.PositiveSmallIntegerField(default=0)
    # What the promise was chosen by, besides the columns above: segments, organization and country of the customer,
    # product and brand (selectors/item_facts.py). None: no policy has asked yet.
    promise_facts = models.JSONField(null=True, blank=True)
    escalation_level = models.PositiveSmallIntegerField(default=0)
    reopen_count = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state_flag__in=StateFlag.values), name="work_item_state_flag"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="work_item_priority"),
            models.CheckConstraint(
                condition=~Q(state_flag="resolved") | Q(resolved_at__isnull=False), name="work_item_resolved_has_time"
            ),
            models.UniqueConstraint(fields=["cause"], condition=~Q(cause=""), name="work_item_cause_once"),
            models.CheckConstraint(condition=Q(escalation_level__lte=4), name="work_item_escalation_level"),
            models.CheckConstraint(
                condition=~Q(state_flag="resolved") | Q(unexplained_delays=0), name="work_item_delays_explained"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="work_item_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(state_flag="resolved"), name="work_merged_item_is_over"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="work_item_not_own_parent"
            ),
        ]
        indexes = [
            # What is open, by due time. The last columns are no order: the numbers of the home page are counted from
            # the index alone (SQLite knows no INCLUDE).
            models.Index(
                fields=["next_due_at", "id", "state_flag", "owner", "team", "branch"],
                condition=~Q(state_flag="resolved"),
                name="work_item_due",
            ),
            models.Index(
                fields=["owner", "next_due_at", "id"], condition=~Q(state_flag="resolved"), name="work_item_owner_due"
            ),
            models.Index(
                fields=["team", "next_due_at", "id"], condition=~Q(state_flag="resolved"), name="work_item_team_due"
            ),
            models.Index(
                fields=["branch", "next_due_at", "id"], condition=~Q(state_flag="resolved"), name="work_item_branch_due"
            ),
            # What the queue counts on each page and what is mostly rare: paused, sent up, not answered yet. The last
            # columns say whose it is, so that a branch's share is counted from the index alone.
            models.Index(
                fields=["state_flag", "id", "owner", "team", "branch"],
                condition=Q(state_flag="paused"),
                name="work_item_paused",
            ),
            models.Index(
                fields=["escalation_level", "id", "state_flag", "owner", "team", "branch"],
                condition=~Q(state_flag="resolved") & Q(escalation_level__gt=0),
                name="work_item_escalated",
            ),
            models.Index(
                fields=["first_response_at", "id", "planned_at", "state_flag", "owner", "team", "branch"],
                condition=~Q(state_flag="resolved") & Q(first_response_at__isnull=True, planned_at__isnull=True),
                name="work_item_unanswered",
            ),
            # The red board: what is rare among the unfinished.
            models.Index(
                fields=["unexplained_delays", "id"],
                condition=~Q(state_flag="resolved") & Q(unexplained_delays__gt=0),
                name="work_item_unexplained",
            ),
            models.Index(
                fields=["next_due_at", "id"],
                condition=~Q(state_flag="resolved") & Q(given_why__isnull=False),
                name="work_item_unassigned",
            ),
            models.Index(fields=["customer", "-opened_at"], name="work_item_customer"),
            models.Index(fields=["kind", "-opened_at", "-id"], name="work_item_kind_recent"),
            models.Index(fields=["-opened_at", "-id"], name="work_item_recent"),
            # The list of tickets: what is open, and what is in one state, the newest first.
            models.Index(
                fields=["-opened_at", "-id"], condition=~Q(state_flag="resolved"), name="work_item_open_recent"
            ),
            # What is done, the newest first: without it, the list steps over all that is open.
            models.Index(
                fields=["-opened_at", "-id"], condition=Q(state_flag="resolved"), name="work_item_done_recent"
            ),
            models.Index(fields=["state", "-opened_at", "-id"], name="work_item_state_recent"),
            # Reports look at what was solved in a span of days.
            models.Index(fields=["-resolved_at", "-id"], name="work_item_solved"),
            models.Index(fields=["parent"], name="work_item_parent"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="work_item_merged"),
            # Days without an update: the sweep of silent items starts at the longest silence.
            models.Index(
                fields=["last_update_at", "id"], condition=~Q(state_flag="resolved"), name="work_item_silence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        """As Django makes it; its customer is noted for the last door (records/customers/private_gate.py)."""
        row = super().from_db(*args, **kwargs)
        note_shown(row.__dict__.get("customer_id"))
        return row


class WorkEvent(models.Model):
    """One line of an item's history. Append-only: the promise clocks are recomputed from it (A51.5)."""

    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="history")
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=WorkEventKind.choices)
    actor_id_then = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)
    state_flag = models.CharField(max_length=8, choices=StateFlag.choices, blank=True)
    # Values as they were: state from/to, priority from/to, owner from/to.
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["item", "at", "id"], name="work_event_line")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.kind} {self.at:%Y-%m-%d %H:%M}"

    @property
    def kind_label(self) -> Any:
        """What happened; a note that the customer can read is told apart from one among staff."""
        if self.kind == WorkEventKind.NOTE and self.data.get("public"):
            return _("Public note")
        return WorkEventKind(self.kind).label
