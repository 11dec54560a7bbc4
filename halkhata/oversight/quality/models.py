"""How we speak with customers: the guide, the rubric, drawn conversations and their scores (A51.12)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import Conversation
from halkhata.foundation.accounts.models import Named, User


class GuideVersion(models.Model):
    """One version of the conduct guide; the highest number holds. Without any row the starting text holds."""

    version = models.PositiveIntegerField(unique=True)
    text_bn = models.TextField()
    text_en = models.TextField(blank=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-version"]
        constraints = [models.CheckConstraint(condition=~Q(text_bn=""), name="quality_guide_has_text")]

    def __str__(self) -> str:
        return f"guide {self.version}"


class Rubric(models.Model):
    """One version of the scorecard; the highest number holds. A score keeps the version it was given by."""

    version = models.PositiveIntegerField(unique=True)
    # Conversations of each person a month.
    per_month = models.PositiveSmallIntegerField(default=5)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(condition=Q(per_month__gte=1, per_month__lte=50), name="quality_rubric_per_month")
        ]

    def __str__(self) -> str:
        return f"rubric {self.version}"


class RubricLine(Named):
    """One thing that is looked at, from 0 to MOST points."""

    MOST = 5

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    about_bn = models.CharField(max_length=300, blank=True)
    about_en = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["rubric", "position"], name="quality_line_once"),
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="quality_line_has_name"),
        ]


class Sample(models.Model):
    """A conversation drawn for one person and month. ``seed`` and the order of the draw can be checked by anybody."""

    # The first day of the month.
    month = models.DateField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="quality_samples")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="quality_samples")
    position = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=64)
    # Out of how many it was drawn.
    drawn_from = models.PositiveIntegerField()
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ["-month", "user_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["month", "user", "conversation"], name="quality_sample_once"),
            models.UniqueConstraint(fields=["month", "user", "position"], name="quality_sample_place"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.user_id} {self.position}"


class Outcome(models.TextChoices):
    """What became of an objection."""

    NONE = "", _("Not answered yet")
    KEPT = "kept", _("The score stays")
    CHANGED = "changed", _("The score was changed")


class Scorecard(models.Model):
    """The score of one conversation, and the one objection there may be against it."""

    sample = models.OneToOneField(Sample, on_delete=models.CASCADE, related_name="score")
    # As on the sample, so that the database can tell who may not score and answer.
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="quality_scores")
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="+")
    scorer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    scored_at = models.DateTimeField()
    comment = models.TextField(blank=True)
    # Of a hundred; what holds in the end.
    percent = models.PositiveSmallIntegerField()
    percent_before = models.PositiveSmallIntegerField(null=True, blank=True)
    dispute_text = models.TextField(blank=True)
    disputed_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_text = models.TextField(blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)

    class Meta:
        ordering = ["-scored_at"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__lte=100), name="quality_percent"),
            models.CheckConstraint(condition=~Q(scorer=F("user")), name="quality_nobody_scores_himself"),
            # An objection is heard by a second supervisor.
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | (~Q(answered_by=F("scorer")) & ~Q(answered_by=F("user"))),
                name="quality_answered_by_a_second",
            ),
            models.CheckConstraint(
                condition=Q(disputed_at__isnull=True, dispute_text="")
                | (Q(disputed_at__isnull=False) & ~Q(dispute_text="")),
                name="quality_dispute_says_why",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, outcome="", answer_text="")
                | (
                    Q(answered_at__isnull=False, answered_by__isnull=False, disputed_at__isnull=False)
                    & Q(outcome__in=["kept", "changed"])
                    & ~Q(answer_text="")
                ),
                name="quality_answer_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-scored_at"], name="quality_score_user"),
            models.Index(
                fields=["disputed_at"],
                condition=Q(disputed_at__isnull=False, answered_at__isnull=True),
                name="quality_score_disputed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id}: {self.percent}"


class ScoreLine(models.Model):
    """The points for one line; ``second_points`` after an objection was heard."""

    card = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(RubricLine, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField()
    second_points = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["line__position"]
        constraints = [
            models.UniqueConstraint(fields=["card", "line"], name="quality_score_line_once"),
            models.CheckConstraint(
                condition=Q(points__lte=5) & (Q(second_points__isnull=True) | Q(second_points__lte=5)),
                name="quality_score_points",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.line_id} {self.points}"
