"""What the product tells its own staff, in the product."""

from django.db import models
from django.db.models import Q

from halkhata.engines.work.models.items import WorkItem
from halkhata.foundation.accounts.models import User


class Notification(models.Model):
    """One notice for one member of staff. ``verb`` becomes a sentence in the reader's language."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    at = models.DateTimeField()
    verb = models.CharField(max_length=40)
    item = models.ForeignKey(WorkItem, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    data = models.JSONField(default=dict)
    read_at = models.DateTimeField(null=True, blank=True)
    # What makes a notice unique for its reader, so that a repeated run tells nothing twice.
    cause = models.CharField(max_length=120)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "cause"], name="work_notification_once")]
        indexes = [
            models.Index(fields=["user", "-at"], condition=Q(read_at__isnull=True), name="work_notification_unread"),
            models.Index(fields=["user", "-id"], name="work_notification_line"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.verb}"
