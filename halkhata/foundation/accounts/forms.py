"""The shape of input about staff, roles, branches, teams and set-up. Rules live in services."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import PERMISSIONS, Digits, Language, Scope
from halkhata.foundation.accounts.models import Branch, Role, Team, User
from halkhata.foundation.accounts.policies import can_grant, staff_visible_to, within_reach
from halkhata.foundation.accounts.services.setup import FRIDAY
from halkhata.foundation.accounts.services.sign_in import canonical_login
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.form_choices import offer_choices, offer_records
from halkhata.foundation.core.formatting import WEEKDAY_NAMES, format_time
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import current_reader


class SignInForm(AuthenticationForm):
    """User name or phone, and password."""

    username = forms.CharField(
        label=_("User name or phone number"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
        error_messages={"required": _("Type your user name or phone number.")},
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password.")},
    )
    error_messages = {
        "invalid_login": _(
            "User name, phone number or password is wrong. Capital and small letters differ in passwords."
        ),
        "inactive": _("This account is switched off."),
    }

    def clean_username(self) -> str:
        return canonical_login(self.cleaned_data["username"])


class _Form(forms.Form):
    """Our own words for what is missing, in both languages."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = _("Choose one from the list.")


class _Grouped(forms.ModelChoiceField):
    """A list of records labelled by their name."""

    def label_from_instance(self, record: Any) -> str:
        if isinstance(record, Branch):
            depth = max(record.path.count("/") - 2, 0)
            return f"{'— ' * depth}{record.name}"
        if isinstance(record, User):
            return f"{record.name} · {record.role.name}"
        return str(record)


class _Boxes(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, record: Any) -> str:
        return f"{record.name} · {record.branch.name}"


# ------------------------------------------------------------------------------------------------ one's own settings
class ProfileForm(_Form):
    """Name, language, digits, Bangla date."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English letters"), max_length=120, required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("bn", "বাংলা"), ("en", "English")], widget=forms.RadioSelect
    )
    digits = forms.ChoiceField(label=_("Digits"), choices=Digits.choices)
    show_bangla_date = forms.BooleanField(label=_("Show the Bangla date beside the date"), required=False)


class NewPasswordForm(_Form):
    """A new password, twice."""

    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Three or four words do well."),
    )
    repeated = forms.CharField(
        label=_("New password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new_password") and data.get("repeated") and data["new_password"] != data["repeated"]:
            self.add_error("repeated", _("The two are not the same."))
        return data


class PasswordForm(NewPasswordForm):
    """Present password and a new one, twice."""

    field_order = ("old_password", "new_password", "repeated")
    old_password = forms.CharField(
        label=_("Present password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


# ------------------------------------------------------------------------------------------------ staff
class StaffForm(_Form):
    """A member of staff, without the password."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English letters"), max_length=120, required=False)
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("For signing in. Letters and digits, no spaces."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        help_text=_("Also works for signing in."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, error_messages={"invalid": _("This is not an e-mail address.")}
    )
    role = _Grouped(label=_("Role"), queryset=Role.objects.none(), empty_label=_("Choose a role"))
    branch = _Grouped(label=_("Branch"), queryset=Branch.objects.none(), empty_label=None)
    teams = _Boxes(label=_("Teams"), queryset=Team.objects.none(), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grantable = [role.pk for role in Role.objects.all() if can_grant(actor, role)]
        offer_records(self, "role", Role.objects.filter(pk__in=grantable))
        branches = _reachable_branches(actor)
        offer_records(self, "branch", branches)
        teams = Team.objects.filter(is_active=True, branch__in=branches)
        offer_records(self, "teams", teams.select_related("branch"))


# ------------------------------------------------------------------------------------------------ the shop
class ShopForm(_Form):
    """What stands on the shop's own page."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    shop_name_bn = forms.CharField(
        label=_("Name in Bengali"), max_length=120, required=False, help_text=_("Stands in Bengali letters and pages.")
    )
    shop_name_en = forms.CharField(
        label=_("Name in English letters"),
        max_length=120,
        required=False,
        help_text=_("Stands in English letters and pages."),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        help_text=_("Stands on the pages for customers, and in letters of a branch without a phone."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    email = forms.CharField(
        label=_("E-mail for letters"),
        max_length=254,
        required=False,
        help_text=_("Stands on printed papers and the pages for customers. Mail is read from the mailboxes."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    address = forms.CharField(
        label=_("Address"), max_length=255, required=False, help_text=_("Stands where the e-mail address stands.")
    )
    trade = forms.ChoiceField(
        label=_("What do you sell?"),
        choices=Installation.TRADES,
        help_text=_("A trade brings categories of its own for complaints. Another choice adds those that are missing."),
    )
    default_language = forms.ChoiceField(
        label=_("Language of the shop"),
        choices=[("bn", "বাংলা"), ("en", "English")],
        help_text=_("For the pages for customers, until the visitor chooses."),
    )
    digits = forms.ChoiceField(
        label=_("Digits"), choices=Digits.choices, help_text=_("For letters, and for people who are not signed in.")
    )
    time_zone = forms.CharField(
        label=_("Time zone"), max_length=64, help_text=_("For new branches, and for people who are not signed in.")
    )


# ------------------------------------------------------------------- roles, branches, teams
class RoleForm(_Form):
    """A role: names, reach, step of the ladder, permissions."""

    LEVELS = [(1, _("Agent")), (2, _("Team lead")), (3, _("Branch manager")), (4, _("Head office"))]

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English letters"), max_length=120, required=False)
    scope = forms.ChoiceField(label=_("Which records it sees"), choices=Scope.choices)
    level = forms.TypedChoiceField(
        label=_("Step on the escalation ladder"),
        choices=LEVELS,
        coerce=int,
        help_text=_("When work is late, the next step up is told."),
    )
    permissions = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=list(PERMISSIONS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class BranchForm(_Form):
    """A branch and its place in the tree."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English letters"), max_length=120, required=False)
    parent = _Grouped(
        label=_("Stands under"),
        queryset=Branch.objects.none(),
        required=False,
        empty_label=_("Nothing: it is a head office"),
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    address = forms.CharField(label=_("Address"), max_length=255, required=False)
    time_zone = forms.CharField(label=_("Time zone"), max_length=64, initial="Asia/Dhaka")
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, branch: Branch | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Branch.objects.all()
        if branch is not None:
            others = others.exclude(path__startswith=branch.path)
        offer_records(self, "parent", others)


class TeamForm(_Form):
    """A team, its lead and members."""

    name_bn = forms.CharField(label=_("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English letters"), max_length=120, required=False)
    branch = _Grouped(label=_("Branch"), queryset=Branch.objects.none(), empty_label=None)
    lead = _Grouped(label=_("Lead"), queryset=User.objects.none(), required=False, empty_label=_("No lead"))
    members = _Boxes(label=_("Members"), queryset=User.objects.none(), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = staff_visible_to(actor).filter(is_active=True)
        offer_records(self, "branch", _reachable_branches(actor))
        offer_records(self, "lead", people)
        offer_records(self, "members", people)


class TokenForm(_Form):
    """A new API key."""

    LIFE = [("30", _("30 days")), ("90", _("90 days")), ("365", _("One year")), ("", _("Does not expire"))]

    name = forms.CharField(label=_("What it is for"), max_length=80)
    life = forms.ChoiceField(label=_("How long it works"), choices=LIFE, required=False, initial="365")
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "scopes", [(code, label) for code, label in PERMISSIONS.items() if actor.may(code)])

    @property
    def expires_at(self) -> datetime | None:
        """When the key ends, or None."""
        days = self.cleaned_data.get("life")
        return now() + timedelta(days=int(days)) if days else None


# ------------------------------------------------------------------------------------------------ set-up
class SetupCodeForm(_Form):
    """The code printed where Halkhata was started."""

    code = forms.CharField(
        label=_("Set-up code"),
        max_length=60,
        help_text=_("Twelve letters and digits, such as BCDF-GHJK-MPQR."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class LanguageStep(_Form):
    """Question 1."""

    language = forms.ChoiceField(
        label=_("Which language does the shop work in?"),
        choices=[("bn", "বাংলা"), ("en", "English")],
        initial="bn",
        widget=forms.RadioSelect,
        help_text=_("Everybody can choose another one for themselves, at any time."),
    )


class TradeStep(_Form):
    """Question 2."""

    trade = forms.ChoiceField(
        label=_("What do you sell?"),
        choices=Installation.TRADES,
        initial="other",
        widget=forms.RadioSelect,
        help_text=_("Brings categories of its own for complaints. It can be changed later."),
    )


class ShopStep(_Form):
    """Questions 3 and 4."""

    shop_name = forms.CharField(
        label=_("What is the shop called?"),
        max_length=120,
        required=False,
        help_text=_("Customers see this name in every message."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    phone = forms.CharField(
        label=_("Which number do customers call?"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


class HoursStep(_Form):
    """Question 5."""

    opens_minute = forms.TypedChoiceField(label=_("Opens at"), coerce=int, initial=9 * 60)
    closes_minute = forms.TypedChoiceField(label=_("Closes at"), coerce=int, initial=20 * 60)
    closed_weekdays = forms.TypedMultipleChoiceField(
        label=_("Closed on"), coerce=int, required=False, initial=[FRIDAY], widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reader = current_reader()
        half_hours = [
            (minute, format_time(time(minute // 60 % 24, minute % 60), language=reader.language, digits=reader.digits))
            for minute in range(0, 24 * 60, 30)
        ]
        offer_choices(self, "opens_minute", half_hours)
        midnight = (24 * 60, _("midnight"))
        offer_choices(self, "closes_minute", [*half_hours[1:], midnight])
        # The week starts on Saturday, as on calendars in Bangladesh.
        week = (5, 6, 0, 1, 2, 3, 4)
        offer_choices(self, "closed_weekdays", [(day, WEEKDAY_NAMES[reader.language][day]) for day in week])


class OwnerStep(_Form):
    """The owner's own account."""

    owner_name = forms.CharField(
        label=_("Your name"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("For signing in. Letters and digits, no spaces."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Three or four words do well."),
    )
    repeated = forms.CharField(
        label=_("Password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("repeated") and data["password"] != data["repeated"]:
            self.add_error("repeated", _("The two are not the same."))
        return data


def _reachable_branches(actor: User) -> QuerySet[Branch]:
    ids = [branch.pk for branch in Branch.objects.filter(is_active=True) if within_reach(actor, branch)]
    return Branch.objects.filter(pk__in=ids)
