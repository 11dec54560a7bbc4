"""Tickets: complaints, questions, requests."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import (
    FollowUpBy,
    Impact,
    Remedy,
    ReopensTo,
    RootCause,
    TicketKind,
    TicketState,
    ToldHow,
    Urgency,
)
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Named, Team, User
from halkhata.foundation.accounts.visibility import VisibleQuerySet
from halkhata.foundation.core.kept_sql import SOME_TEXT, kept_objects


class Category(Named):
    """What tickets are about; leads to a team and a checklist."""

    code = models.SlugField(max_length=40, unique=True)
    # What it is part of, one step deep: for the steps of the escalation it counts as that one, too.
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="parts")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="tickets_category_has_name"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("id")), name="tickets_category_not_its_own_part"
            ),
        ]


class SafetyWord(models.Model):
    """A word that forces Urgent and tells the manager at once: fire, shock, আগুন … (A52.9)."""

    word = models.CharField(max_length=60, unique=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(word=""), name="tickets_safety_word_not_empty")]

    def __str__(self) -> str:
        return self.word

    @property
    def language(self) -> str:
        """For whoever reads the page aloud: Latin letters are read as English."""
        return "en" if self.word.isascii() else "bn"


FOLLOW_UP_COLUMNS = ("follow_up_1", "follow_up_2", "follow_up_3", "follow_up_4", "follow_up_5")


def _days_rise() -> list[models.CheckConstraint]:
    """Follow-up days lie in 1–90 and rise without a gap, so none stands there twice."""
    first, *rest = FOLLOW_UP_COLUMNS
    rules = [
        models.CheckConstraint(
            condition=Q(**{f"{first}__isnull": True}) | Q(**{f"{first}__gte": 1, f"{first}__lte": 90}),
            name=f"tickets_desk_{first}",
        )
    ]
    for before, column in zip(FOLLOW_UP_COLUMNS, rest, strict=False):
        rules.append(
            models.CheckConstraint(
                # The day before is named: compared with nothing, a day would pass every check.
                condition=Q(**{f"{column}__isnull": True})
                | Q(**{f"{before}__isnull": False, f"{column}__gt": F(before), f"{column}__lte": 90}),
                name=f"tickets_desk_{column}",
            )
        )
    return rules


class DeskSettings(models.Model):
    """The one row of rules a shop sets for its complaint desk; there is none until somebody changes a rule."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # Days after resolving within which a message of the customer's opens the ticket again (A52.7).
    reopen_days = models.PositiveSmallIntegerField(default=7)
    # In which state it goes on then.
    reopens_to = models.CharField(max_length=6, choices=ReopensTo.choices, default=ReopensTo.OPEN)
    follow_up_by = models.CharField(max_length=4, choices=FollowUpBy.choices, default=FollowUpBy.CALL)
    # Days after resolving when a ticket about which nothing is left to do is closed; none: by hand only.
    closes_after_days = models.PositiveSmallIntegerField(null=True, blank=True, default=7)
    # Days after resolving on which a call is planned (A52.15). Columns, so that the database keeps them in order.
    follow_up_1 = models.PositiveSmallIntegerField(null=True, blank=True, default=3)
    follow_up_2 = models.PositiveSmallIntegerField(null=True, blank=True, default=7)
    follow_up_3 = models.PositiveSmallIntegerField(null=True, blank=True)
    follow_up_4 = models.PositiveSmallIntegerField(null=True, blank=True)
    follow_up_5 = models.PositiveSmallIntegerField(null=True, blank=True)
    # How many complaints the public form takes within an hour, from one network address and from one customer.
    form_per_address = models.PositiveSmallIntegerField(default=60)
    form_per_customer = models.PositiveSmallIntegerField(default=5)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="tickets_desk_is_one_row"),
            models.CheckConstraint(condition=Q(reopen_days__gte=1, reopen_days__lte=90), name="tickets_desk_reopen"),
            models.CheckConstraint(condition=Q(reopens_to__in=ReopensTo.values), name="tickets_desk_reopens_to"),
            models.CheckConstraint(condition=Q(follow_up_by__in=FollowUpBy.values), name="tickets_follow_up_by"),
            # Closed is final: closing earlier would take the time to reopen away.
            models.CheckConstraint(
                condition=Q(closes_after_days__isnull=True)
                | Q(closes_after_days__gte=F("reopen_days"), closes_after_days__lte=365),
                name="tickets_desk_closing",
            ),
            models.CheckConstraint(
                condition=Q(form_per_address__gte=1, form_per_address__lte=10_000), name="tickets_desk_per_address"
            ),
            models.CheckConstraint(
                condition=Q(form_per_customer__gte=1, form_per_customer__lte=100), name="tickets_desk_per_customer"
            ),
            *_days_rise(),
        ]

    def __str__(self) -> str:
        return str(_("Rules of the desk"))

    @property
    def follow_up_days(self) -> tuple[int, ...]:
        """The days on which a call is planned, rising."""
        return tuple(day for day in (getattr(self, column) for column in FOLLOW_UP_COLUMNS) if day is not None)


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
        indexes = [
            # Also for how a number begins: PostgreSQL finds that with these operators only.
            models.Index(
                fields=["serial"], opclasses=["text_pattern_ops"], condition=~Q(serial=""), name="tickets_serial_prefix"
            )
        ]

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
    def root_cause_label(self) -> str:
        """Why it happened, in the shop's words and the reader's language: one query."""
        from halkhata.desks.tickets.cause_models import RootCauseEntry  # the register stands on this module

        rows = kept_objects(
            "root cause", lambda: RootCauseEntry.objects.filter(code=SOME_TEXT), {SOME_TEXT: self.root_cause}
        )
        if rows:
            return rows[0].name
        return str(RootCause(self.root_cause).label) if self.root_cause in RootCause.values else self.root_cause

    @property
    def told_how_label(self) -> str:
        """The way the customer was told, in the reader's language; free text as it was written."""
        return str(ToldHow(self.told_how).label) if self.told_how in ToldHow.values else self.told_how


# At the end: its tables name what stands above, and Django only has to meet them here.
from halkhata.desks.tickets.call_models import (  # noqa: E402
    Call,
    CallMessageSeen,
    Disposition,
    Extension,
    PhoneRules,
    PhoneSystem,
)
from halkhata.desks.tickets.cause_models import RootCauseEntry  # noqa: E402
from halkhata.desks.tickets.desk_models import CannedReply, CannedUse, TicketPresence  # noqa: E402
from halkhata.desks.tickets.models_fields import TicketTag, TicketValue  # noqa: E402
from halkhata.desks.tickets.priority_models import PriorityMatrix  # noqa: E402

__all__ = [
    "FOLLOW_UP_COLUMNS",
    "Call",
    "CallMessageSeen",
    "CannedReply",
    "CannedUse",
    "Category",
    "DeskSettings",
    "Disposition",
    "Extension",
    "PhoneRules",
    "PhoneSystem",
    "PriorityMatrix",
    "Resolution",
    "RootCauseEntry",
    "SafetyWord",
    "Ticket",
    "TicketPresence",
    "TicketQuerySet",
    "TicketTag",
    "TicketValue",
]
