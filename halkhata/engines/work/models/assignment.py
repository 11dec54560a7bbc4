"""Who is away, and whose turn it is."""

from django.db import models
from django.db.models import F, Q

from halkhata.foundation.accounts.models import Team, User


class Absence(models.Model):
    """A stretch of time in which somebody gets no new work and is passed over by escalations."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="work_absence_in_order")]
        indexes = [
            models.Index(fields=["user", "ends_at"], name="work_absence_user"),
            # Who is away now: the red board asks on each page.
            models.Index(fields=["ends_at", "starts_at", "user"], name="work_absence_now"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.starts_at:%Y-%m-%d}–{self.ends_at:%Y-%m-%d}"


class AssignmentCursor(models.Model):
    """Round robin's memory for a team: who had the last turn; and how the team shares out work."""

    ROUND_ROBIN, LEAST_LOADED, SKILL_FIRST = "round_robin", "least_loaded", "skill_first"

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="assignment")
    method = models.CharField(
        max_length=12,
        choices=[(ROUND_ROBIN, "round robin"), (LEAST_LOADED, "least loaded"), (SKILL_FIRST, "skill first")],
        default=LEAST_LOADED,
    )
    last_user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"{self.team}: {self.method}"
