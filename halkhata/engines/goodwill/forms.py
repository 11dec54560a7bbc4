"""Forms of goodwill. They read what was typed; the rules live in the services."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.engines.goodwill.registry import goodwill_kinds
from halkhata.engines.work.forms.fields import NumberField, TakesErrors
from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.core.own_numbers import OwnNumber
from halkhata.foundation.core.text import clean_text, fold_digits


class AmountField(OwnNumber, forms.CharField):
    """An amount of money in Bengali or Latin digits, with or without commas."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        """The amount; None when it is left empty and may be."""
        text = fold_digits(clean_text(super().clean(value))).replace(",", "").lstrip("৳ ")
        if not text:
            return None
        try:
            amount = Decimal(text)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or amount < 0 or amount >= Decimal("1e12"):
            raise forms.ValidationError(_("Write an amount like 1500 or 1500.50."))
        return amount.quantize(Decimal("0.01"))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether it is another amount: 5,000 is 5000.00."""
        start = None if initial in (None, "") else Decimal(initial)
        try:
            return self.clean(data) != start if data else start is not None
        except forms.ValidationError:
            return True


class GoodwillForm(TakesErrors):
    """Which rule is waived, why, and what it costs."""

    kind = forms.ChoiceField(label=_("Which rule is waived?"))
    reason = forms.CharField(
        label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why the rule is waived.")},
    )  # fmt: skip
    cost = AmountField(label=_("What it costs the shop"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = sorted(goodwill_kinds, key=lambda kind: kind.order)
        offer_choices(self, "kind", [(kind.code, kind.label) for kind in kinds])


class DecisionForm(TakesErrors):
    """Given or not, with a word to whoever asked."""

    gives = forms.ChoiceField(
        label=_("Decision"), choices=[("1", _("Give it")), ("0", _("Do not give it"))], widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class LimitForm(TakesErrors):
    """The limit of one role."""

    per_case = AmountField(label=_("In one case"))
    per_month = AmountField(label=_("Each person, in a month"))


class GoodwillRulesForm(TakesErrors):
    """For whom goodwill is suggested."""

    min_years = NumberField(label=_("Years as a customer, at least"), highest=50, required=False)
    min_purchases = NumberField(label=_("Purchases, at least"), highest=500, required=False)
    max_complaints = NumberField(label=_("Complaints within a year, at most"), highest=500, required=False)
