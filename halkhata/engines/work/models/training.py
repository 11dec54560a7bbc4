"""Training: courses, who took them with what result, and until when that counts (A51.13)."""

from django.db import models
from django.db.models import F, Q

from halkhata.engines.work.models.people import Skill
from halkhata.foundation.accounts.models import Named, User


class Course(Named):
    """A course. Work that asks for one of its skills goes by itself only to people with a valid pass."""

    code = models.SlugField(max_length=40, unique=True)
    skills = models.ManyToManyField(Skill, blank=True, related_name="courses")
    # Points out of a hundred that pass.
    pass_mark = models.PositiveSmallIntegerField(default=60)
    # None: once passed, it counts for good.
    months_valid = models.PositiveSmallIntegerField(null=True, blank=True, default=12)
    about = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="work_course_has_name"),
            models.CheckConstraint(condition=Q(pass_mark__gte=1, pass_mark__lte=100), name="work_course_pass_mark"),
            models.CheckConstraint(
                condition=Q(months_valid__isnull=True) | Q(months_valid__gte=1, months_valid__lte=120),
                name="work_course_months",
            ),
        ]


class CourseAttempt(models.Model):
    """One try at a course. Append-only: a mistake is put right by another row that ``corrects`` it.

    What was asked then is kept: a later change of the pass mark or the validity makes nobody pass or fail anew.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="attempts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="course_attempts")
    taken_on = models.DateField()
    score = models.PositiveSmallIntegerField()
    pass_mark = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    # The last day on which the pass counts; none: for good, or not passed.
    valid_until = models.DateField(null=True, blank=True)
    assessor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    # The row that this one takes the place of; a score of its own counts instead.
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    created_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-taken_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(score__lte=100), name="work_attempt_score"),
            models.CheckConstraint(
                condition=Q(passed=True, score__gte=F("pass_mark")) | Q(passed=False, score__lt=F("pass_mark")),
                name="work_attempt_passed",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(passed=True, valid_until__gte=F("taken_on")),
                name="work_attempt_valid",
            ),
            # Nobody marks himself.
            models.CheckConstraint(condition=~Q(assessor=F("user")), name="work_attempt_not_own"),
        ]
        indexes = [
            models.Index(fields=["user", "course", "-taken_on"], name="work_attempt_of_user"),
            models.Index(fields=["valid_until"], condition=Q(passed=True), name="work_attempt_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.course_id} {self.score}"
