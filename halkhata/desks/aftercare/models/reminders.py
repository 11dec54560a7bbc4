"""The ledger of reminders: who was to be reminded of what, and what became of it."""

from django.db import models
from django.db.models import Q

from halkhata.desks.aftercare.choices import ReminderKind, ReminderState, TextStanding
from halkhata.foundation.accounts.models import Branch, User
from halkhata.records.catalog.models import Unit, unit_scope


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Conditions on many reminders."""

    def visible_to(self, user: User) -> "ReminderQuerySet":
        """Those of units in the user's record scope."""
        return self.filter(unit_scope(user, "unit__"))

    def waiting(self) -> "ReminderQuerySet":
        """Somebody is to call."""
        return self.filter(state=ReminderState.OPEN)


class Reminder(models.Model):
    """One step of reminding of one due. ``due_key`` names the due whatever becomes of its estimated day.

    "service:2026-03-01:2" is the second service after that of 1 March; "coupon:17", "renewal:4:2027-01-01". The
    database refuses a second reminder of the same due and step (US-15 AC 3).
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reminders", db_index=False)
    # The owner when it was made; a unit that changes hands is another owner's business.
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="service_reminders")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=ReminderKind.choices)
    due_key = models.CharField(max_length=60)
    # "before", "on", "after"; for contracts the days before the end: "60".
    step = models.CharField(max_length=8)
    due_on = models.DateField()
    # Why that day: {"by": "date|usage|window", …} for the sentence on the page.
    why = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=11, choices=ReminderState.choices, default=ReminderState.OPEN)
    tries = models.PositiveSmallIntegerField(default=0)
    # Somebody asked to be called another day.
    call_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # The job card it led to, or the number of the planned visit.
    led_to = models.CharField(max_length=24, blank=True)
    text_state = models.CharField(max_length=9, choices=TextStanding.choices, default=TextStanding.WAITING)
    # Before this instant the text does not leave: no SMS at night.
    text_at = models.DateTimeField()
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            # The core of US-15 AC 3: whoever computes twice, or at once, reminds once.
            models.UniqueConstraint(fields=["unit", "due_key", "step"], name="aftercare_reminder_once"),
            models.CheckConstraint(condition=Q(kind__in=ReminderKind.values), name="aftercare_reminder_kind"),
            models.CheckConstraint(condition=Q(state__in=ReminderState.values), name="aftercare_reminder_state"),
            models.CheckConstraint(condition=Q(text_state__in=TextStanding.values), name="aftercare_reminder_text"),
            models.CheckConstraint(condition=~Q(due_key="") & ~Q(step=""), name="aftercare_reminder_has_due"),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True) | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="aftercare_settled_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["call_on", "id"], condition=Q(state="open"), name="aftercare_to_call"),
            models.Index(fields=["branch", "call_on", "id"], condition=Q(state="open"), name="aftercare_to_call_here"),
            models.Index(fields=["text_at", "id"], condition=Q(text_state="waiting"), name="aftercare_text_waits"),
            models.Index(fields=["-settled_at", "-id"], name="aftercare_settled"),
        ]

    def __str__(self) -> str:
        # Stands in the audit trail: names no person.
        return f"{self.unit_id} {self.due_key} {self.step}"

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(ReminderState(self.state).label)


class ReminderStop(models.Model):
    """The owner of a unit does not want to be reminded about it any more; counts while they own it."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="reminder_stops", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="reminder_stops")
    stopped_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    stopped_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit"], name="aftercare_stop_once")]

    def __str__(self) -> str:
        return str(self.unit_id)


class ReminderRun(models.Model):
    """How far the computing of one day has come: a worker that dies is followed by one that goes on from there."""

    on = models.DateField(unique=True)
    last_unit = models.BigIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-on"]

    def __str__(self) -> str:
        return str(self.on)
