"""Forms of the dispute desk. They read what was typed; the rules live in the services."""

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.choices import (
    ActionKind,
    FactCode,
    Finding,
    Ground,
    Party,
    RemedyKind,
    ToldHow,
)
from halkhata.desks.disputes.form_fields import DeskForm, MoneyField, PersonField, area
from halkhata.engines.work.choices import Channel
from halkhata.foundation.core.form_fields import DayField, MomentField

CHOOSE = ("", _("Choose…"))
ASKED = [(code, label) for code, label in RemedyKind.choices if code != RemedyKind.NONE]
CHANNELS = [(one.value, one.label) for one in (Channel.PHONE, Channel.COUNTER, Channel.EMAIL)]


class NewDisputeForm(DeskForm):
    """A dispute, as staff take it down."""

    statement = area(_("What does the customer say?"), help_text=_("In his own words. The first line is the subject."))
    ground = forms.ChoiceField(label=_("What is it about?"), choices=[CHOOSE, *Ground.choices])
    wish = forms.ChoiceField(label=_("What does the customer want?"), choices=[CHOOSE, *ASKED])
    cause_on = DayField(label=_("On which day did it happen?"))
    channel = forms.ChoiceField(
        label=_("How did it come in?"), choices=CHANNELS, initial=Channel.PHONE, widget=forms.RadioSelect
    )


class NoFieldsForm(DeskForm):
    """A step that asks nothing."""


class EvidenceForm(DeskForm):
    """A statement or a file of one side."""

    party = forms.ChoiceField(label=_("From whose side?"), choices=Party.choices, widget=forms.RadioSelect)
    text = area(_("Statement"), required=False)
    file = forms.FileField(label=_("File or photo"), required=False)
    fact = forms.ChoiceField(
        label=_("Line of the checklist"), choices=[("", _("none")), *FactCode.choices], required=False
    )
    title = forms.CharField(label=_("What it shows"), max_length=200, required=False)


class MissingForm(DeskForm):
    """Why something cannot be had."""

    fact = forms.ChoiceField(label=_("Line of the checklist"), choices=FactCode.choices)
    why = forms.CharField(label=_("Why it cannot be had"), max_length=300)


class OfferForm(DeskForm):
    """What the shop offers."""

    remedy = forms.ChoiceField(label=_("What is offered"), choices=[CHOOSE, *ASKED])
    text = area(_("The offer, in words the customer understands"), max_length=5000)
    amount = MoneyField()
    valid_until = MomentField(label=_("Good until"))


class AnswerForm(DeskForm):
    """The customer's answer, written down by staff."""

    accepts = forms.ChoiceField(
        label=_("The customer"), choices=[("yes", _("accepts")), ("no", _("refuses"))], widget=forms.RadioSelect
    )
    note = area(_("What was said"), required=False, max_length=5000, rows=2)


class TellForm(DeskForm):
    """News for the customer."""

    how = forms.ChoiceField(label=_("How"), choices=ToldHow.choices, widget=forms.RadioSelect, initial=ToldHow.EMAIL)
    text = area(_("What the customer is told"))
    is_outcome = forms.BooleanField(
        label=_("This says how it ended"), required=False,
        help_text=_("Without it the dispute cannot be closed. A mail takes the decision sheet along."),
    )  # fmt: skip


class WhyForm(DeskForm):
    """A reason in a few words."""

    why = forms.CharField(label=_("Why"), max_length=300)


class WhatForm(DeskForm):
    """What it is, in a few words."""

    what = forms.CharField(
        label=_("What it is"),
        max_length=300,
        help_text=_("Kinship, money, a quarrel: whatever others might ask about."),
    )


class AppealForm(DeskForm):
    """The customer's appeal, taken down by staff."""

    text = area(_("Why the customer finds the decision wrong"))


class RemedyForm(DeskForm):
    """One thing that is to be done for the customer."""

    kind = forms.ChoiceField(label=_("Remedy"), choices=[CHOOSE, *ASKED])
    what = forms.CharField(label=_("What exactly"), max_length=300, required=False)
    amount = MoneyField()
    owner = PersonField()
    due_on = DayField(label=_("By when"))


class GiveForm(DeskForm):
    """Who does it, and by when."""

    owner = PersonField()
    due_on = DayField(label=_("By when"))


class DoneForm(DeskForm):
    """What was done."""

    note = forms.CharField(label=_("What was done"), max_length=300, required=False)


class ActionForm(DeskForm):
    """What is changed in the house."""

    kind = forms.ChoiceField(label=_("What it is"), choices=ActionKind.choices, widget=forms.RadioSelect)
    what = forms.CharField(label=_("What is changed"), max_length=300)
    owner = PersonField()
    due_on = DayField(label=_("By when"))


class CheckForm(DeskForm):
    """Did it work?"""

    works = forms.ChoiceField(
        label=_("Did it work?"), choices=[("yes", _("Yes")), ("no", _("No"))], widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("By what you see it"), max_length=300)


class BeginReviewForm(DeskForm):
    """Lock the file and hand it over."""

    early_why = forms.CharField(
        label=_("Why it begins before the days of evidence are over"), max_length=300, required=False,
        help_text=_("Only when both sides said that they have nothing to add."),
    )  # fmt: skip


class DecisionForm(DeskForm):
    """The reasoned decision, in both languages."""

    finding = forms.ChoiceField(label=_("Finding"), choices=[CHOOSE, *Finding.choices])
    root_cause = forms.ChoiceField(label=_("Root cause"), choices=[CHOOSE, *Ground.choices])
    facts_bn = area(_("Facts, in Bengali"), required=False)
    facts_en = area(_("Facts, in English"), required=False)
    clause_bn = area(_("Rule it rests on, in Bengali"), required=False, rows=2)
    clause_en = area(_("Rule it rests on, in English"), required=False, rows=2)
    reasons_bn = area(_("Reasons, in Bengali"), required=False)
    reasons_en = area(_("Reasons, in English"), required=False)
    remedy = forms.ChoiceField(label=_("Remedy"), choices=[CHOOSE, *RemedyKind.choices])
    amount = MoneyField()
    deadline_on = DayField(label=_("To be done by"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class VoteForm(DeskForm):
    """A vote."""

    finding = forms.ChoiceField(label=_("Your finding"), choices=Finding.choices, widget=forms.RadioSelect)
    reason = area(_("Your reasons"), required=False, help_text=_("Needed where you see it another way."), rows=3)


class CorrectForm(DeskForm):
    """A correction: a new entry in the record."""

    text_bn = area(_("Correction, in Bengali"))
    text_en = area(_("Correction, in English"))


class CaseForm(DeskForm):
    """A case at an office or a court."""

    case_number = forms.CharField(label=_("Case number"), max_length=60)
    office = forms.CharField(label=_("Office or court"), max_length=160)
    hearing_at = MomentField(label=_("Hearing"), required=False)
    note = area(_("Note"), required=False, max_length=5000, rows=3)


class CaseChangeForm(DeskForm):
    """Another day, another note."""

    hearing_at = MomentField(label=_("Hearing"), required=False)
    note = area(_("Note"), required=False, max_length=5000, rows=3)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class CaseEndForm(DeskForm):
    """How it ended."""

    result = area(_("How it ended"), max_length=5000, rows=3)
    fine = MoneyField(label=_("Fine in taka"))


class LawForm(DeskForm):
    """The law of the house."""

    update_hours = forms.IntegerField(label=_("Hours between two updates to the customer"), min_value=4, max_value=720)
    evidence_days = forms.IntegerField(label=_("Days in which both sides add evidence"), min_value=1, max_value=60)
    appeal_days = forms.IntegerField(label=_("Days for an appeal"), min_value=1, max_value=90)
    panel_size = forms.TypedChoiceField(
        label=_("Members of a panel"), choices=[(1, _("one")), (3, _("three"))], coerce=int
    )
    three_above = MoneyField(
        label=_("Three members where the unit cost more than"), help_text=_("In taka; empty: never asked for.")
    )
    check_days = forms.IntegerField(label=_("Days until an action is checked"), min_value=1, max_value=365)
    allow_override = forms.BooleanField(
        label=_("Somebody near the case may sit when nobody else is there"), required=False,
        help_text=_("Only with the right for it and a reason that stays in the record."),
    )  # fmt: skip
    publish_summary = forms.BooleanField(label=_("Publish the yearly summary"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
