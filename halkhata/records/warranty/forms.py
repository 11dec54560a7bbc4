"""Forms of the warranty pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.form_choices import offer_records
from halkhata.records.catalog.days import today
from halkhata.records.catalog.fields import DayField, MoneyField, WholeField
from halkhata.records.catalog.models import Product
from halkhata.records.catalog.selectors.products import label_of_product, offered_products
from halkhata.records.customers.forms.records import RecordForm, TextField
from halkhata.records.warranty.choices import RejectReason, VoidReason

MOST_PHOTO_BYTES = 10 * 1024 * 1024


class ProductField(forms.ModelChoiceField):
    """One of the products that are sold, by brand and name."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Product"))
        options.setdefault("required", False)
        super().__init__(queryset=Product.objects.none(), empty_label=_("Choose…"), **options)

    def label_from_instance(self, obj: Any) -> str:
        """Brand and name."""
        return label_of_product(obj)


class PhotoField(forms.FileField):
    """One picture of the bill."""

    def __init__(self, **options: Any) -> None:
        widget = forms.FileInput(attrs={"accept": "image/*,application/pdf"})
        super().__init__(**{"required": False, "widget": widget, "label": _("Photo of the bill"), **options})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The upload; refused when it is too large."""
        found = super().clean(data, initial)
        if found is not None and getattr(found, "size", 0) > MOST_PHOTO_BYTES:
            raise forms.ValidationError(_("This photo is too large: 10 MB at most."))
        return found


class RegisterForm(RecordForm):
    """A warranty registered at the counter, for a unit bought anywhere."""

    serial = TextField(label=_("Serial number"), required=True, max_length=64)
    product = ProductField(help_text=_("Only for a serial number that is not written down here yet."))
    bought_on = DayField(label=_("Bought on"), initial=today)
    phone = TextField(label=_("Phone number of the owner"), required=True, max_length=60)
    person_name = TextField(label=_("Name of the owner"), max_length=120)
    invoice_no = TextField(label=_("Number of the bill"), max_length=60)
    sold_by = TextField(label=_("Sold by"), max_length=120)
    photo = PhotoField()
    seen = forms.BooleanField(
        label=_("I have seen the bill: verify at once"), required=False, initial=True,
        help_text=_("Otherwise it waits in the list for somebody to check."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "product", offered_products())


class BulkForm(RecordForm):
    """A list pasted from a dealer's sheet."""

    lines = TextField(
        label=_("Lines: serial number; date; phone; name; number of the bill"), multiline=True, required=True,
        max_length=60_000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("One product a line, parted by semicolon, tab or comma. At most 500 lines."),
    )  # fmt: skip
    product = ProductField(help_text=_("If all are the same model."))
    sold_by = TextField(label=_("Sold by"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "product", offered_products())


class VerifyForm(RecordForm):
    """The papers are good."""

    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=10)
    product = ProductField()
    bought_on = DayField(label=_("Bought on, by the bill"))
    note = TextField(label=_("Note"), max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_records(self, "product", offered_products())


class RejectForm(RecordForm):
    """The papers are not good."""

    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=10)
    reason = forms.ChoiceField(label=_("Why"), choices=[("", _("Choose…")), *RejectReason.choices])
    note = TextField(label=_("Words for the customer"), multiline=True, max_length=500)


class VoidForm(RecordForm):
    """A warranty becomes void."""

    reason_code = forms.ChoiceField(label=_("Why"), choices=[("", _("Choose…")), *VoidReason.choices])
    note = TextField(label=_("What was found"), multiline=True, max_length=500)


class UseCouponForm(RecordForm):
    """A free service is taken."""

    on = DayField(label=_("Service on"), initial=today)
    reading = WholeField(label=_("Reading"), required=False)
    job_number = TextField(label=_("Number of the job card"), max_length=24)
    goodwill = TextField(
        label=_("Goodwill: why it passes although it is early or late"), max_length=60,
        help_text=_("For managers. It is written down with your name."),
    )  # fmt: skip
    cost = MoneyField(label=_("What the goodwill costs the shop"), required=False)


class BeginForm(RecordForm):
    """Installed, or used for the first time."""

    on = DayField(label=_("Installed or first used on"), initial=today)


class ExtendForm(RecordForm):
    """A warranty bought on top."""

    policy = forms.ChoiceField(label=_("Terms"))
    sold_on = DayField(label=_("Sold on"), initial=today)
    bill = TextField(label=_("Number of the bill"), max_length=24)


class RulesForm(RecordForm):
    """What the shop decides about warranties as a whole."""

    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=10)
    many_claims = WholeField(label=_("More claims than this in a year are looked at"))
    warn_days = WholeField(label=_("Days before a free service is lost"))
    public_registration = forms.BooleanField(
        label=_("Customers may register on the web page and by QR code"), required=False
    )
