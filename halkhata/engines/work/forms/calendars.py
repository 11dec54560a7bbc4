"""Opening hours, special days, absences."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.forms.fields import HoursField
from halkhata.engines.work.models import BusinessCalendar, CalendarDay
from halkhata.engines.work.policies import assignable
from halkhata.engines.work.promise.calendar import Hours
from halkhata.engines.work.services.calendars import Week
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.form_choices import offer_records
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import day_input, moment_input

WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
# A week begins on Saturday here.
SHOWN_ORDER = (5, 6, 0, 1, 2, 3, 4)


class CalendarForm(TakesErrors):
    """Name, zone, the hours of each weekday, and the branches that work by it."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    zone = forms.CharField(label=_("Time zone"), max_length=64, initial="Asia/Dhaka")
    branches = forms.ModelMultipleChoiceField(
        label=_("Branches that work by it"),
        queryset=Branch.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "branches", Branch.objects.filter(is_active=True))
        days = {f"day_{day}": HoursField(label=WEEKDAYS[day]) for day in SHOWN_ORDER}
        # The hours stand between the zone and the branches.
        self.fields = {
            **{name: self.fields[name] for name in ("name_bn", "name_en", "zone")},
            **days,
            "branches": self.fields["branches"],
        }

    def week(self) -> Week:
        """The hours of the seven days, Monday first."""
        return tuple(self.cleaned_data[f"day_{day}"] for day in range(7))

    @staticmethod
    def initial_of(calendar: BusinessCalendar) -> dict[str, Any]:
        """What the form shows for a stored calendar."""
        hours: dict[int, list[tuple[int, int]]] = {}
        for row in calendar.intervals.all():
            hours.setdefault(row.weekday, []).append((row.starts_minute, row.ends_minute))
        return {
            "name_bn": calendar.name_bn,
            "name_en": calendar.name_en,
            "zone": calendar.zone,
            "branches": [row.branch_id for row in calendar.branches.all()],
            **{f"day_{day}": tuple(sorted(stretches)) for day, stretches in hours.items()},
        }


class CalendarDayForm(TakesErrors):
    """A holiday or hours of their own, for one date or for all dates from one to another."""

    on = forms.DateField(label=_("First day"), widget=day_input())
    until = forms.DateField(
        label=_("Last day"),
        widget=day_input(),
        required=False,
        help_text=_("Empty: one day only. Days that are closed anyway stay closed in a stretch of different hours."),
    )
    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[(CalendarDay.HOLIDAY, _("Holiday")), (CalendarDay.OVERRIDE, _("Different hours"))],
    )
    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    hours = HoursField(label=_("Hours on these days"), help_text=_("Only for different hours. Empty: closed all day."))
    is_provisional = forms.BooleanField(label=_("The date may still move (moon)"), required=False)

    def day_hours(self) -> Hours:
        """The hours of each of the days."""
        hours: Hours = self.cleaned_data["hours"]
        return hours


class AbsenceForm(TakesErrors):
    """Who is away, from when to when."""

    user = forms.ModelChoiceField(label=_("Who"), queryset=User.objects.none(), empty_label=_("Choose a person"))
    starts_at = forms.DateTimeField(label=_("From"), widget=moment_input())
    ends_at = forms.DateTimeField(label=_("Until"), widget=moment_input())
    reason = forms.CharField(label=_("Reason"), max_length=120, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "user", assignable(user), by_name=True)
