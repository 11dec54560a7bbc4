"""Forms of the settings of returns: the next version of a policy, the rules of the desk."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns.choices import DepositKind, PolicyChannel, Reason
from halkhata.foundation.core.form_choices import offer_records
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.form_fields import AmountField, WholeNumberField, day_input, text_area
from halkhata.records.catalog.models import ProductKind


class PolicyForm(TakesErrors):
    """The next version of a policy."""

    kind = forms.ModelChoiceField(
        label=_("Kind of product"), queryset=ProductKind.objects.none(), required=False, empty_label=_("Everything")
    )
    channel = forms.ChoiceField(
        label=_("Sold how"), required=False, choices=[("", _("Every way")), *PolicyChannel.choices]
    )
    country = forms.CharField(
        label=_("Country"), max_length=2, required=False, help_text=_("Two letters, like BD. Empty: every country.")
    )
    from_on = forms.DateField(
        label=_("In force from"), required=False, widget=day_input(),
        help_text=_("Earlier sales keep what was in force when they were made."),
    )  # fmt: skip
    window_days = WholeNumberField(label=_("Days to change one's mind"), min_value=0, max_value=3650, initial=3)
    defect_days = WholeNumberField(label=_("Days to report a fault"), min_value=0, max_value=3650, initial=7)
    fee_percent = AmountField(label=_("Fee in per cent, when the customer changed their mind"), required=False)
    needs_accessories = forms.BooleanField(
        label=_("Box and accessories must be complete"), required=False, initial=True
    )
    excluded_reasons = forms.MultipleChoiceField(
        label=_("Reasons for which nothing is taken back"), required=False, choices=Reason.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    advance_kind = forms.ChoiceField(
        label=_("Replacement before the old piece is back"), required=False,
        choices=[("", _("Not offered")), *DepositKind.choices],
    )  # fmt: skip
    advance_amount = AmountField(
        label=_("Deposit"), required=False,
        help_text=_("An amount in the shop's currency, or per cent of the price. Never more than the price."),
    )  # fmt: skip
    advance_days = WholeNumberField(
        label=_("Days until the old piece must be back"), required=False, min_value=1, max_value=365, initial=14
    )
    condition_bn = text_area(_("Condition, in Bengali"), required=True)
    condition_en = text_area(_("Condition, in English"), required=True)
    exclusions_bn = text_area(_("What is not taken back, in Bengali"))
    exclusions_en = text_area(_("What is not taken back, in English"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "kind", ProductKind.objects.filter(is_active=True))


class RulesForm(TakesErrors):
    """Rules of the desk, and a limit for each role."""

    four_eyes_from = AmountField(label=_("From this price on, whoever inspects does not decide"))
    instant_up_to = AmountField(
        label=_("Money without the goods up to"), help_text=_("For customers without a return within a year. 0: never.")
    )
    refund_days = WholeNumberField(
        label=_("Days within which money is back"), required=False, min_value=1, max_value=90,
        help_text=_("Empty: as the law of the country has it (Bangladesh: 10 days). Never more than that."),
    )  # fmt: skip
    bring_days = WholeNumberField(label=_("Days for which an approval holds"), min_value=1, max_value=365)
    appeal_days = WholeNumberField(label=_("Days to appeal against a refusal"), min_value=1, max_value=365)

    def __init__(self, *args: Any, roles: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = list(roles)
        for role in self.roles:
            self.fields[f"limit_{role.pk}"] = AmountField(
                label=_("%(role)s decides up to") % {"role": role.name}, required=False,
                help_text=_("Empty: no limit."),
            )  # fmt: skip

    def limits(self) -> dict[Any, Decimal | None]:
        """What was written for each role."""
        return {role: self.cleaned_data.get(f"limit_{role.pk}") for role in self.roles}

    @property
    def limit_fields(self) -> list[Any]:
        """The bound fields of the limits."""
        return [self[f"limit_{role.pk}"] for role in self.roles]
