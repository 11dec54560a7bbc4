"""Surveys: asking the customer, and what was answered."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.records.customers.models import Customer


class Survey(models.Model):
    """A kind of question. First cut: CSAT, one to five (A55.3)."""

    CSAT = "csat"

    code = models.SlugField(max_length=20, unique=True)
    question_bn = models.CharField(max_length=200)
    question_en = models.CharField(max_length=200)
    # Answers at or below this open a recovery item (A55.6).
    recovery_threshold = models.PositiveSmallIntegerField(default=2)
    valid_days = models.PositiveSmallIntegerField(default=14)
    # Nobody is asked again before so many days have passed, whatever the ticket; 0: after every resolving (US-18).
    throttle_days = models.PositiveSmallIntegerField(default=14)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(recovery_threshold__gte=1, recovery_threshold__lte=4), name="feedback_threshold_1_to_4"
            ),
            models.CheckConstraint(condition=Q(valid_days__gte=1, valid_days__lte=90), name="feedback_valid_days"),
            models.CheckConstraint(condition=Q(throttle_days__lte=365), name="feedback_throttle_days"),
            models.CheckConstraint(condition=~Q(question_bn="") & ~Q(question_en=""), name="feedback_has_questions"),
        ]

    def __str__(self) -> str:
        return self.code


class SurveyInvitation(models.Model):
    """One asking of one customer about one item. The link's token is kept as a hash only."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="invitations")
    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="survey_invitations")
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="survey_invitations"
    )
    # Who handled it, as it was when the customer was asked.
    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    # The resolution this asking belongs to: asked once per resolving.
    cause = models.CharField(max_length=80, unique=True)
    language = models.CharField(max_length=5)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="feedback_expiry_later")
        ]
        # "Was this person asked lately?" is looked up before every invitation.
        indexes = [models.Index(fields=["customer", "-created_at"], name="feedback_person_asked")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.item_id}"


class SurveyResponse(models.Model):
    """An answer. One per invitation: the link works once."""

    invitation = models.OneToOneField(SurveyInvitation, on_delete=models.CASCADE, related_name="response")
    score = models.PositiveSmallIntegerField(_("score"))
    comment = models.TextField(_("comment"), blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="feedback_score_1_to_5")]
        indexes = [models.Index(fields=["-answered_at"], name="feedback_recent")]

    def __str__(self) -> str:
        return f"{self.score} of 5"
