"""What the API remembers: answers to requests with an Idempotency-Key, calls counted, files not yet put anywhere."""

from django.db import models
from django.db.models import Q

from halkhata.foundation.accounts.models import ApiToken, User
from halkhata.foundation.core.clock import now
from halkhata.foundation.files.models import StoredFile


class IdempotentRequest(models.Model):
    """One request with a key of the client's. The unique constraint is what makes a repetition do nothing twice."""

    RUNNING, DONE = "running", "done"
    STATES = [(RUNNING, "running"), (DONE, "done")]

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    # SHA-256 of method, address and body: another request under the same key is a mistake of the client's.
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=STATES, default=RUNNING)
    # Who works on it: whoever comes back too late must find that it is no longer theirs.
    claim = models.CharField(max_length=40)
    lease_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=dict)
    # Sealed (core/secret_box.py): answers hold personal data, and once a secret.
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="api_idempotent_key_once"),
            models.CheckConstraint(
                condition=Q(state="running") | Q(status__isnull=False), name="api_idempotent_done_has_answer"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="api_idempotent_expiry")]

    def __str__(self) -> str:
        return f"{self.token_id} {self.state}"


class RateWindow(models.Model):
    """How many calls of a key, or refused keys from an address, were counted in one minute."""

    subject = models.CharField(max_length=80)
    # Minutes since 1970.
    minute = models.BigIntegerField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "minute"], name="api_rate_window_once")]
        indexes = [models.Index(fields=["minute"], name="api_rate_window_age")]

    def __str__(self) -> str:
        return f"{self.subject} {self.used}"


class Upload(models.Model):
    """A file that was sent up and hangs on nothing yet: only whoever sent it may name it in a message."""

    file = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="api_upload_age")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.file_id}"
