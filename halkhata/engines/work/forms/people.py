"""Skills, people, courses, attempts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.forms.calendars import SHOWN_ORDER, WEEKDAYS
from halkhata.engines.work.forms.fields import HoursField, NumberField
from halkhata.engines.work.models import Course, Skill
from halkhata.engines.work.registry import item_kinds
from halkhata.engines.work.services.people import Week
from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import Team, User
from halkhata.foundation.core.form_choices import offer_choices, offer_records
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import day_input


def _boxes(label: Any, **kwargs: Any) -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        label=label, queryset=Skill.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, **kwargs
    )


class SkillForm(TakesErrors):
    """A skill, and which work asks for it."""

    use_required_attribute = False
    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    categories = forms.MultipleChoiceField(
        label=_("Categories that ask for it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    teams = _boxes(_("Teams whose work always asks for it"))
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "teams", Team.objects.filter(is_active=True))
        # Several kinds of work may share one source of categories: each source is asked once.
        sources = dict.fromkeys(kind.categories for kind in item_kinds if kind.categories is not None)
        known: dict[str, Any] = {}
        for source in sources:
            known |= dict(source())
        offer_choices(self, "categories", known.items())

    @staticmethod
    def initial_of(skill: Skill) -> dict[str, Any]:
        """What the form shows for a stored skill."""
        needs = list(skill.needs.all())
        return {
            "name_bn": skill.name_bn,
            "name_en": skill.name_en,
            "is_active": skill.is_active,
            "teams": [need.team_id for need in needs if need.team_id],
            "categories": [need.category for need in needs if need.category],
        }


class PersonForm(TakesErrors):
    """What one person can do, how much they may have, and when they work."""

    skills = _boxes(_("Skills"))
    languages = forms.MultipleChoiceField(
        label=_("Languages they speak"),
        choices=Language.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: any customer may be given."),
    )
    ceiling = NumberField(
        label=_("Open pieces of work at the most"),
        required=False,
        highest=999,
        help_text=_("Empty: no ceiling."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "skills", Skill.objects.filter(is_active=True))
        for day in SHOWN_ORDER:
            self.fields[f"day_{day}"] = HoursField(label=WEEKDAYS[day])

    def week(self) -> Week:
        """The shift of the seven days, Monday first."""
        return tuple(self.cleaned_data[f"day_{day}"] for day in range(7))

    def days(self) -> list[Any]:
        """The fields of the days in the order of the week here."""
        return [self[f"day_{day}"] for day in SHOWN_ORDER]

    @staticmethod
    def initial_of(user: User) -> dict[str, Any]:
        """What the form shows for a person."""
        hours: dict[int, list[tuple[int, int]]] = {}
        for row in user.shifts.all():
            hours.setdefault(row.weekday, []).append((row.starts_minute, row.ends_minute))
        known = getattr(user, "work_profile", None)
        return {
            "skills": [row.skill_id for row in user.skills.all()],
            "languages": known.languages if known else [],
            "ceiling": known.ceiling if known else None,
            **{f"day_{day}": tuple(stretches) for day, stretches in hours.items()},
        }


class ManyPeopleForm(TakesErrors):
    """One change for several people at once; what is left empty stays as each of them has it."""

    add = forms.MultipleChoiceField(label=_("Add these skills"), required=False, widget=forms.CheckboxSelectMultiple)
    remove = forms.MultipleChoiceField(
        label=_("Take these skills away"), required=False, widget=forms.CheckboxSelectMultiple
    )
    ceiling = NumberField(
        label=_("Open pieces of work at the most"),
        required=False,
        highest=999,
        help_text=_("Empty: stays as it is."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Asked for once: both fields offer the same.
        self.skills = {str(skill.pk): skill for skill in Skill.objects.filter(is_active=True)}
        for name in ("add", "remove"):
            offer_choices(self, name, [(pk, skill.name) for pk, skill in self.skills.items()])

    def chosen(self, name: str) -> list[Skill]:
        """The skills ticked in ``add`` or ``remove``."""
        return [self.skills[pk] for pk in self.cleaned_data[name]]


class CourseForm(TakesErrors):
    """A course and what it opens the way to."""

    use_required_attribute = False
    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    skills = _boxes(
        _("Skills it unlocks"),
        help_text=_("Work that asks for one of these goes by itself only to people with a valid pass."),
    )
    pass_mark = NumberField(
        label=_("Points of 100 that pass"),
        lowest=1,
        highest=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    months_valid = NumberField(
        label=_("Months for which a pass counts"),
        required=False,
        highest=120,
        help_text=_("Empty: for good."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    about = forms.CharField(
        label=_("What it is about"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "skills", Skill.objects.filter(is_active=True))

    @staticmethod
    def initial_of(course: Course) -> dict[str, Any]:
        """What the form shows for a stored course."""
        fields = ("name_bn", "name_en", "pass_mark", "months_valid", "about", "is_active")
        return {
            **{name: getattr(course, name) for name in fields},
            "skills": [skill.pk for skill in course.skills.all()],
        }


class AttemptForm(TakesErrors):
    """A try at a course, or the correction of one."""

    use_required_attribute = False
    course = forms.ModelChoiceField(label=_("Course"), queryset=Course.objects.none(), empty_label=_("Choose a course"))
    taken_on = forms.DateField(label=_("Day of the test"), widget=day_input())
    score = NumberField(label=_("Points of 100"), highest=100, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    corrects = forms.TypedChoiceField(
        label=_("In the place of an earlier row"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Only to put a mistake right: the earlier row stays readable and counts no more."),
    )

    def __init__(self, *args: Any, attempts: Any = (), shown: Any = str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "course", Course.objects.filter(is_active=True))
        offer_choices(self, "corrects", [("", _("No, a new try")), *((str(row.pk), shown(row)) for row in attempts)])
