"""Tickets: complaints, questions, requests."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import Impact, Remedy, RootCause, TicketKind, TicketState, ToldHow, Urgency
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Named, Team, User
from halkhata.foundation.accounts.visibility import VisibleQuerySet


class Category(Named):
    """What tickets are about; leads to a team and a checklist."""

    code = models.SlugField(max_length=40, unique=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "code"]


class SafetyWord(models.Model):
    """A word that forces Urgent and tells the manager at once: fire, shock, আগুন … (A52.9)."""

    word = models.CharField(max_length=60, unique=True)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.word


class TicketQuerySet(VisibleQuerySet["Ticket"]):
    """Tickets, with the record scope of every work item."""


class Ticket(WorkItem):
    """A work item with the complaint desk's own state machine."""

    ticket_kind = models.CharField(max_length=10, choices=TicketKind.choices, default=TicketKind.COMPLAINT)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets")
    impact = models.CharField(max_length=6, choices=Impact.choices, default=Impact.MEDIUM)
    urgency = models.CharField(max_length=6, choices=Urgency.choices, default=Urgency.MEDIUM)
    description = models.TextField(blank=True)
    serial = models.CharField(_("serial number"), max_length=60, blank=True)
    # The safety words found, as they stood in the text.
    safety_words = models.JSONField(default=list)
    # Who took it down for the caller; none for mail and web form.
    taken_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    caller_name = models.CharField(max_length=120, blank=True)
    # A stranger quoted another ticket's number: shown to staff, nothing else (B68).
    may_belong_to = models.ForeignKey(WorkItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # A later reply to an ended ticket opens a new one that points back.
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_by")

    objects = TicketQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        indexes = [models.Index(fields=["serial"], condition=~Q(serial=""), name="tickets_serial")]

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(TicketState(self.state).label)


class Resolution(models.Model):
    """How a ticket was solved (A52.8, A52.15). One per resolving; a reopened ticket gets another."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="resolutions")
    root_cause = models.CharField(max_length=20, choices=RootCause.choices)
    action = models.TextField(_("what was done"))
    remedy = models.CharField(max_length=10, choices=Remedy.choices)
    told_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)
    told_how = models.CharField(max_length=60, blank=True)
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-resolved_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(action=""), name="tickets_resolution_has_action"),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(undone_at__isnull=True), name="tickets_one_standing_resolution"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.root_cause}"

    @property
    def told_how_label(self) -> str:
        """The way the customer was told, in the reader's language; free text as it was written."""
        return str(ToldHow(self.told_how).label) if self.told_how in ToldHow.values else self.told_how
