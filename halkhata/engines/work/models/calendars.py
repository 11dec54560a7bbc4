"""Business calendars: when a branch works (A51.3)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, Named


class BusinessCalendar(Named):
    """Opening times in a time zone: weekly intervals, holidays, dated overrides."""

    code = models.SlugField(max_length=40, unique=True)
    zone = models.CharField(max_length=64, default="Asia/Dhaka")
    is_demo = models.BooleanField(default=False)


def _interval_checks(prefix: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(starts_minute__lt=F("ends_minute"), ends_minute__lte=1440), name=f"{prefix}_in_order"
        )
    ]


class CalendarInterval(models.Model):
    """One stretch of work on a weekday, in minutes after local midnight (1440 is the end of the day)."""

    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.CASCADE, related_name="intervals")
    weekday = models.PositiveSmallIntegerField()
    starts_minute = models.PositiveSmallIntegerField()
    ends_minute = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday", "starts_minute"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="work_interval_weekday"),
            *_interval_checks("work_interval"),
            models.UniqueConstraint(fields=["calendar", "weekday", "starts_minute"], name="work_interval_once"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts_minute}-{self.ends_minute}"


class CalendarDay(models.Model):
    """A date that differs: a holiday (closed), or an override whose own intervals replace weekday and holiday."""

    HOLIDAY, OVERRIDE = "holiday", "override"

    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.CASCADE, related_name="days")
    on = models.DateField()
    kind = models.CharField(max_length=8, choices=[(HOLIDAY, _("Holiday")), (OVERRIDE, _("Different hours"))])
    name_bn = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    # Moon-sighted dates move; a provisional day asks to be confirmed.
    is_provisional = models.BooleanField(default=False)

    class Meta:
        ordering = ["on", "kind"]
        constraints = [models.UniqueConstraint(fields=["calendar", "on", "kind"], name="work_calendar_day_once")]

    def __str__(self) -> str:
        return f"{self.on} {self.kind}"


class CalendarDayInterval(models.Model):
    """One stretch of work of an overridden date; an override without any is a closed day."""

    day = models.ForeignKey(CalendarDay, on_delete=models.CASCADE, related_name="intervals")
    starts_minute = models.PositiveSmallIntegerField()
    ends_minute = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["starts_minute"]
        constraints = _interval_checks("work_day_interval")

    def __str__(self) -> str:
        return f"{self.starts_minute}-{self.ends_minute}"


class BranchCalendar(models.Model):
    """Which calendar a branch works by. A branch without one uses its parent's."""

    branch = models.OneToOneField(Branch, on_delete=models.CASCADE, related_name="work_calendar")
    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.PROTECT, related_name="branches")

    def __str__(self) -> str:
        return f"{self.branch} {self.calendar}"
