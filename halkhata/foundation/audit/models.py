"""The audit trail: who did what to which record, before and after. It only grows."""

from django.db import models


class AuditEntry(models.Model):
    """One act. Actor and record are kept as ids with their names of that moment, so an entry outlives both.

    There is no foreign key on purpose: the trail stands below accounts, and nothing may cascade into it.
    """

    at = models.DateTimeField(db_index=True)
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    record_type = models.CharField(max_length=60)
    record_id = models.CharField(max_length=40)
    record_label = models.CharField(max_length=200, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["record_type", "record_id", "-id"], name="audit_by_record"),
            models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
            # Who looked at private fields: rare acts among very many.
            models.Index(fields=["action", "-id"], name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label}: {self.action} {self.record_type} {self.record_id}"
