"""A test of a text: a mail to whoever wrote it, and to nobody else (B.2)."""

from django.db import models
from django.db.models import Q

from halkhata.engines.messaging.choices import OutboundState, TemplateCode
from halkhata.engines.messaging.models.templates import Template
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import User
from halkhata.foundation.files.models import StoredFile


class TrialMail(models.Model):
    """One test mail. It goes the way of every mail (queued -> sending -> sent | failed | in_doubt), but hangs on no
    conversation: no customer sees it, no promise is touched, no ceiling of customers counts it.

    The text is kept with its gaps; they are filled from ``item`` at the moment of sending, so nothing of a customer
    stands here.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="trial_mails")
    # The person's own address at that moment.
    to_address = models.EmailField()
    template = models.ForeignKey(Template, null=True, blank=True, on_delete=models.SET_NULL, related_name="trials")
    item = models.ForeignKey(WorkItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    code = models.CharField(max_length=10, choices=TemplateCode.choices)
    language = models.CharField(max_length=5, choices=Language.choices)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    links = models.JSONField(default=list, blank=True)
    documents = models.ManyToManyField(StoredFile, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=OutboundState.choices, default=OutboundState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    said = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(to_address=""), name="messaging_trial_has_address"),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False), name="messaging_trial_sending_has_lease"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-at"], name="messaging_trial_rate"),
            models.Index(fields=["at"], condition=Q(state__in=["queued", "sending"]), name="messaging_trial_waiting"),
        ]

    def __str__(self) -> str:
        # Stands in the audit trail: names no address.
        return f"{self.code} {self.language}"
