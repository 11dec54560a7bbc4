"""Every text that was ever sent automatically, what waits for a second person, and whether one is asked for (B.2)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import ProposalState, TemplateCode
from halkhata.engines.messaging.models.templates import Template
from halkhata.engines.work.choices import Channel
from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import Team
from halkhata.foundation.files.models import StoredFile


class TemplateVersion(models.Model):
    """One version of a text as customers got it: the words, who wrote them, when and why. Append-only.

    People are kept as ids with their names of that moment, as in the audit trail: the version outlives them.
    """

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=5, choices=Language.choices)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    links = models.JSONField(default=list, blank=True)
    documents = models.ManyToManyField(StoredFile, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    is_set_aside = models.BooleanField(default=False)
    at = models.DateTimeField()
    author_id_then = models.BigIntegerField(null=True, blank=True)
    author_label = models.CharField(max_length=150, blank=True)
    # Who said yes, where the shop asks for a second person.
    approver_id_then = models.BigIntegerField(null=True, blank=True)
    approver_label = models.CharField(max_length=150, blank=True)
    why = models.CharField(max_length=300, blank=True)
    # The number of the version that was brought back.
    again_of = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["template", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="messaging_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="messaging_version_from_one"),
            models.CheckConstraint(
                condition=Q(approver_id_then__isnull=True) | ~Q(approver_id_then=F("author_id_then")),
                name="messaging_version_needs_another",
            ),
            models.CheckConstraint(
                condition=Q(again_of__isnull=True) | Q(again_of__lt=F("number")), name="messaging_version_brought_back"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} v{self.number}"


class TemplateProposal(models.Model):
    """A text that somebody wrote and somebody else must agree to. What is sent stays as it is until then.

    Its words never change: whoever agrees, agrees to what stood there. A new text of a place (occasion, department,
    channel, language) has no ``template`` yet.
    """

    template = models.ForeignKey(Template, null=True, blank=True, on_delete=models.CASCADE, related_name="proposals")
    code = models.CharField(max_length=10, choices=TemplateCode.choices)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    language = models.CharField(max_length=5, choices=Language.choices)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    links = models.JSONField(default=list, blank=True)
    documents = models.ManyToManyField(StoredFile, blank=True, related_name="+")
    is_active = models.BooleanField(default=True)
    is_set_aside = models.BooleanField(default=False)
    # The text's version that the author had before him; 0 for a new text.
    base_version = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=300)
    again_of = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=9, choices=ProposalState.choices, default=ProposalState.OPEN)
    at = models.DateTimeField()
    author_id_then = models.BigIntegerField()
    author_label = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decider_id_then = models.BigIntegerField(null=True, blank=True)
    decider_label = models.CharField(max_length=150, blank=True)
    # What the second person said to a refusal.
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ProposalState.values), name="messaging_proposal_state"),
            models.CheckConstraint(condition=~Q(why=""), name="messaging_proposal_says_why"),
            # Nobody agrees to words of their own, and nobody is refused by themselves.
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused"])
                | Q(decider_id_then__isnull=False) & ~Q(decider_id_then=F("author_id_then")),
                name="messaging_proposal_needs_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(decider_id_then=F("author_id_then")),
                name="messaging_proposal_is_taken_back_by_its_author",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | ~Q(state="open") & Q(decided_at__isnull=False),
                name="messaging_proposal_is_decided",
            ),
            # One at a time for a place: two people would not know of each other.
            models.UniqueConstraint(
                fields=["code", "team", "channel", "language"], condition=Q(state="open"),
                name="messaging_one_proposal",
            ),
            models.UniqueConstraint(
                fields=["code", "channel", "language"], condition=Q(state="open", team__isnull=True),
                name="messaging_one_common_proposal",
            ),
            models.UniqueConstraint(
                fields=["template"], condition=Q(state="open"), name="messaging_one_proposal_a_text"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} {self.language} {self.team or ''}".strip()


class TemplateRules(models.Model):
    """The one row that says whether a second person agrees to changed texts; there is none until somebody asks."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    needs_second = models.BooleanField(default=False)
    # Who asked to switch it off: that takes a second person, too.
    off_asked_by_id_then = models.BigIntegerField(null=True, blank=True)
    off_asked_by_label = models.CharField(max_length=150, blank=True)
    off_asked_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="messaging_template_rules_are_one_row"),
            models.CheckConstraint(
                condition=Q(needs_second=True) | Q(off_asked_by_id_then__isnull=True),
                name="messaging_only_a_rule_is_switched_off",
            ),
            models.CheckConstraint(
                condition=Q(off_asked_by_id_then__isnull=True) | Q(off_asked_at__isnull=False),
                name="messaging_asking_has_time",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Second person for message texts"))
