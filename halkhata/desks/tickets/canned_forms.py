"""The form of a ready-made answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.forms import CategoryField, DeskForm
from halkhata.desks.tickets.models import CannedReply
from halkhata.desks.tickets.services.canned import OWN, SHOP, STATES, TEAM
from halkhata.desks.tickets.setting_forms import TeamChoice
from halkhata.foundation.accounts.models import Team, User
from halkhata.foundation.core.form_choices import offer_records

MAX_LINKS = 10


class CannedForm(DeskForm):
    """Both languages, for whom, and what it does beside."""

    title_bn = forms.CharField(label=_("Name in Bengali"), max_length=80, required=False)
    title_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    text_bn = forms.CharField(
        label=_("Text in Bengali"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    text_en = forms.CharField(
        label=_("Text in English"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    scope = forms.ChoiceField(label=_("Who may use it?"))
    team = TeamChoice(label=_("Which department?"), queryset=Team.objects.none(), required=False, empty_label="—")
    for_category = CategoryField(required=False)
    links = forms.CharField(
        label=_("Pages of help"),
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line: name | https://address"),
    )
    sets_state = forms.ChoiceField(label=_("The ticket goes into the state"), required=False)
    sets_category = CategoryField(required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reply: CannedReply | None, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = _initial(reply)
        super().__init__(*args, **kwargs)
        scopes = [(OWN, _("Only I"))]
        if user.may("settings.edit"):
            scopes = [(SHOP, _("Everybody")), (TEAM, _("One department")), *scopes]
        self.limit("scope", scopes)
        states = [(state.value, TicketState(state).label) for state in STATES]
        self.limit("sets_state", [("", _("leave the state as it is")), *states])
        self.fields["for_category"].label = _("Offered only for the category")
        self.fields["sets_category"].label = _("The ticket gets the category")
        teams = Team.objects.filter(is_active=True)
        offer_records(self, "team", teams.select_related("branch").order_by("branch__path", "code"))

    def clean_links(self) -> list[dict[str, str]]:
        """Lines of ``name | address``; whether the address is one, the service says."""
        found = []
        for line in self.cleaned_data["links"].splitlines():
            label, bar, url = line.rpartition("|")
            if line.strip():
                found.append({"label": label.strip() if bar else "", "url": url.strip()})
        if len(found) > MAX_LINKS:
            raise forms.ValidationError(_("At most ten links."))
        return found


def _initial(reply: CannedReply | None) -> dict[str, Any]:
    if reply is None:
        return {"scope": OWN}
    names = ("title_bn", "title_en", "text_bn", "text_en", "sets_state", "is_active", "version")
    return {
        **{name: getattr(reply, name) for name in names},
        "scope": OWN if reply.owner_id else TEAM if reply.team_id else SHOP,
        "team": reply.team_id,
        "for_category": reply.for_category_id,
        "sets_category": reply.sets_category_id,
        "links": "\n".join(f"{link['label']} | {link['url']}" for link in reply.links),
    }
