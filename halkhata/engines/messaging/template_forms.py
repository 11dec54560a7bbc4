"""Forms of the texts of automatic messages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.models import Template, TemplateProposal
from halkhata.engines.messaging.selectors.template_library import link_lines
from halkhata.engines.work.choices import Channel
from halkhata.foundation.accounts.choices import Language
from halkhata.foundation.accounts.models import Team
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.form_choices import offer_records

MAX_LINK_LINES = 10


class TemplateForm(forms.Form):
    """The text of an automatic message."""

    code = forms.ChoiceField(label=_("Occasion"), choices=TemplateCode.choices)
    team = forms.ModelChoiceField(
        label=_("Department"), queryset=Team.objects.none(), required=False,
        empty_label=_("Every department without its own"),
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[(one.value, one.label) for one in (Channel.EMAIL, Channel.SMS)],
        help_text=_("A text for SMS needs no subject, and takes the place of the short one a shop starts with."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    body = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 12}))
    links = forms.CharField(
        label=_("Links"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line: name | address. For instance: Price list | https://shop.example.com/prices"),
    )  # fmt: skip
    document = forms.FileField(label=_("Add a document"), required=False)
    is_active = forms.BooleanField(
        label=_("In use"), required=False, initial=True,
        help_text=_("A department whose own text is not in use sends nothing on this occasion."),
    )  # fmt: skip
    is_set_aside = forms.BooleanField(
        label=_("Send the text for every department in its place"), required=False,
        help_text=_("For a department's own text: it is kept here and not used."),
    )  # fmt: skip
    why = forms.CharField(
        label=_("Why this change"), required=False, max_length=300, help_text=_("Stands beside the version.")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    use_required_attribute = False

    KEPT = ("code", "channel", "language", "subject", "body", "is_active", "is_set_aside")

    def __init__(
        self, *args: Any, instance: Template | None = None, proposal: TemplateProposal | None = None, **kwargs: Any
    ) -> None:
        shown = proposal or instance
        if shown is not None:
            kwargs["initial"] = {
                **{name: getattr(shown, name) for name in self.KEPT},
                "team": shown.team_id,
                "links": link_lines(shown.links),
                "why": proposal.why if proposal is not None else "",
                "version": instance.version if instance is not None else None,
                **kwargs.get("initial", {}),
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        offer_records(self, "team", Team.objects.filter(is_active=True))

    def take_error(self, error: DomainError) -> None:
        """Show what a service said beside the field it speaks of, or above all fields."""
        self.add_error(error.field if error.field in self.fields else None, str(error.message))

    def clean_links(self) -> list[dict[str, str]]:
        """Lines ``name | address`` as a list."""
        found = []
        for line in self.cleaned_data["links"].splitlines():
            if not line.strip():
                continue
            label, bar, url = line.rpartition("|")
            if not bar:
                raise forms.ValidationError(_("Write each link as: name | address"))
            found.append({"label": label.strip(), "url": url.strip()})
        if len(found) > MAX_LINK_LINES:
            raise forms.ValidationError(_("At most ten links."))
        return found


class RefuseForm(forms.Form):
    """Why a changed text is not agreed to."""

    use_required_attribute = False

    answer = forms.CharField(label=_("Why not"), max_length=300, help_text=_("Whoever wrote it reads this."))


class BringBackForm(forms.Form):
    """Why an old version is sent again."""

    use_required_attribute = False

    why = forms.CharField(label=_("Why this change"), max_length=300, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class RulesForm(forms.Form):
    """Whether a second person agrees to changed texts."""

    needs_second = forms.BooleanField(
        label=_("A second person agrees to changes of automatic messages"), required=False,
        help_text=_("A changed text waits until somebody else who may change settings agrees. Until then the old one "
                    "is sent. Switching this off takes a second person, too."),
    )  # fmt: skip
