"""Backups: how they are made, each one that was made, and what was ever put back."""

import uuid

from django.db import models
from django.db.models import Q


class BackupSettings(models.Model):
    """The one row that says where and when backups are made, and which install this is."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # Written into every archive: another shop's archive is not taken for ours.
    install = models.UUIDField(default=uuid.uuid4, editable=False)
    is_on = models.BooleanField(default=True)
    # Empty: the folder backups/ in the data folder.
    folder = models.CharField(max_length=500, blank=True)
    # Local hour of the install's time zone.
    hour = models.PositiveSmallIntegerField(default=2)
    keep_daily = models.PositiveSmallIntegerField(default=7)
    keep_weekly = models.PositiveSmallIntegerField(default=4)
    made_at = models.DateTimeField()
    # Somebody has said that the key is kept elsewhere, too.
    key_kept_at = models.DateTimeField(null=True, blank=True)
    key_mark = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="backups_settings_is_one_row"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="backups_hour_is_of_a_day"),
            models.CheckConstraint(condition=Q(keep_daily__gte=1), name="backups_keeps_one"),
        ]

    def __str__(self) -> str:
        return str(self.install)


class BackupRun(models.Model):
    """One backup, from its beginning: also one that failed, and one whose process died."""

    MANUAL, NIGHTLY = "manual", "nightly"
    KINDS = [(MANUAL, "manual"), (NIGHTLY, "nightly")]

    kind = models.CharField(max_length=8, choices=KINDS, default=MANUAL)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ok = models.BooleanField(null=True, blank=True)
    folder = models.CharField(max_length=500)
    file_name = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    # Files whose rows were there and whose bytes were not, or no longer those that were stored.
    files_missing = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)
    # Why the last look or trial failed, or why there was no trial.
    trouble = models.CharField(max_length=40, blank=True)
    trouble_detail = models.CharField(max_length=500, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ok__isnull=True) | Q(ended_at__isnull=False, ok__isnull=False),
                name="backups_end_has_result",
            ),
            models.CheckConstraint(condition=~Q(ok=True) | ~Q(sha256=""), name="backups_good_one_has_digest"),
            models.CheckConstraint(condition=~Q(ok=False) | ~Q(error=""), name="backups_bad_one_has_reason"),
        ]
        indexes = [
            models.Index(fields=["-ended_at"], condition=Q(ok=True), name="backups_good"),
            models.Index(fields=["-tested_at"], condition=Q(tested_at__isnull=False), name="backups_tested"),
        ]

    def __str__(self) -> str:
        return self.file_name or f"{self.kind} {self.started_at:%Y-%m-%d %H:%M}"


class Restoration(models.Model):
    """The data were once put back from an archive. Until a person releases it, nothing goes out to customers."""

    archive = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    # The instant whose data these are.
    taken_at = models.DateTimeField()
    restored_at = models.DateTimeField()
    # What each step did, for the page: {"messaging.deliveries": 3, …}.
    effects = models.JSONField(default=dict)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by_id = models.BigIntegerField(null=True, blank=True)
    released_by_label = models.CharField(max_length=150, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-id"], condition=Q(released_at__isnull=True), name="backups_held")]

    def __str__(self) -> str:
        return f"{self.archive} ({self.taken_at:%Y-%m-%d %H:%M})"
