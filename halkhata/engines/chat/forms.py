"""Forms of chat."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.chat.choices import ChatKind, TemplateState
from halkhata.engines.chat.models import ChatAccount, ChatTemplate
from halkhata.engines.chat.models.accounts import DEFAULT_API
from halkhata.engines.messaging.forms import kinds_opened_by_mail
from halkhata.engines.messaging.policies import mailbox_branches, mailbox_teams
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.core.form_choices import offer_choices, offer_records
from halkhata.foundation.core.form_errors import TakesErrors

LANGUAGES = [("bn", _("Bengali")), ("en", _("English")), ("en_US", _("English (US)")), ("en_GB", _("English (UK)"))]


class AccountForm(TakesErrors):
    """An account. Secrets are typed here and never shown again."""

    kind = forms.ChoiceField(label=_("By what"), choices=ChatKind.choices)
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("As your people call it, for instance Showroom.")
    )
    external_id = forms.CharField(
        label=_("Id of the number or page"), max_length=40,
        help_text=_("WhatsApp: the phone number ID. Messenger: the id of the page."),
    )  # fmt: skip
    business_id = forms.CharField(
        label=_("Id of the WhatsApp Business account"), max_length=40, required=False,
        help_text=_("For reading the approved texts. Empty for Messenger."),
    )  # fmt: skip
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none(), empty_label=_("Choose a branch"))
    team = forms.ModelChoiceField(
        label=_("Department"), queryset=Team.objects.none(), required=False,
        empty_label=_("No department of its own"),
    )  # fmt: skip
    opens_kind = forms.ChoiceField(label=_("A first message opens"))
    api_url = forms.CharField(
        label=_("Address of the service"), max_length=200, initial=DEFAULT_API,
        help_text=_("With the version. Change it when Meta retires the version."),
    )  # fmt: skip
    app_secret = forms.CharField(label=_("App secret"), required=False, widget=forms.PasswordInput, strip=True)
    access_token = forms.CharField(label=_("Access token"), required=False, widget=forms.PasswordInput, strip=True)
    verify_token = forms.CharField(
        label=_("Word for checking the address"), required=False, widget=forms.PasswordInput, strip=True,
        max_length=100, help_text=_("Any word; type the same into Meta's settings. Empty: one is made."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, user: User, account: ChatAccount | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branch_id, team_id = (account.branch_id, account.team_id) if account else (None, None)
        offer_records(self, "branch", mailbox_branches(user).filter(Q(is_active=True) | Q(pk=branch_id)))
        offer_records(self, "team", Team.objects.filter(Q(pk__in=mailbox_teams(user), is_active=True) | Q(pk=team_id)))
        offer_choices(self, "opens_kind", kinds_opened_by_mail())
        for name in ("app_secret", "access_token", "verify_token"):
            self.fields[name].widget.attrs["autocomplete"] = "new-password"
            if account is not None and getattr(account, name):
                self.fields[name].help_text = _("One is kept. Leave this empty to keep it.")


class TemplateForm(TakesErrors):
    """A text as Meta has approved it."""

    name = forms.CharField(label=_("Name at Meta"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    body = forms.CharField(
        label=_("Text"), max_length=1024, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("With {{1}}, {{2}} where values go."),
    )  # fmt: skip
    state = forms.ChoiceField(label=_("What Meta says of it"), choices=TemplateState.choices)

    def __init__(self, *args: Any, template: ChatTemplate | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(LANGUAGES)
        if template is not None and template.language not in known:
            offer_choices(self, "language", [*LANGUAGES, (template.language, template.language)])


class ChatForm(TakesErrors):
    """Free text."""

    text = forms.CharField(label=_("Message"), max_length=4096, widget=forms.Textarea(attrs={"rows": 3}))
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


class FilledForm(TakesErrors):
    """An approved text with its gaps."""

    def __init__(self, *args: Any, template: ChatTemplate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, template.gaps + 1):
            self.fields[f"value_{number}"] = forms.CharField(label=_("Gap {{%(n)s}}") % {"n": number}, max_length=500)

    @property
    def values(self) -> list[str]:
        """What stands in the gaps, in order."""
        return [self.cleaned_data[name] for name in self.fields if name.startswith("value_")]


class JoinForm(TakesErrors):
    """To which customer somebody belongs."""

    customer = forms.IntegerField(label=_("Customer"), min_value=1)
