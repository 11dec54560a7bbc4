"""What a row about a sale may say, and by which headings it is known."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import in_reader_language
from halkhata.records.catalog.models import ProductKind
from halkhata.records.imports.registry import ImportColumn

# Before the code of a number of the unit: "unit_serial", "unit_chassis".
PREFIX = "unit_"
WORDS: dict[str, tuple[str, ...]] = {
    "serial": ("Serial", "Serial no", "Serial number", "SN", "S/N", "Machine no", "সিরিয়াল", "সিরিয়াল নং",
               "সিরিয়াল নম্বর"),
    "chassis": ("Chassis", "Chassis no", "Chassis number", "Frame no", "VIN", "চেসিস", "চেসিস নং", "চেসিস নম্বর",
                "চ্যাসিস নং"),
    "engine": ("Engine", "Engine no", "Engine number", "ইঞ্জিন", "ইঞ্জিন নং", "ইঞ্জিন নম্বর"),
    "imei1": ("IMEI", "IMEI 1", "IMEI1", "IMEI no", "IMEI number", "আইএমইআই", "আইএমইআই ১"),
    "imei2": ("IMEI 2", "IMEI2", "Second IMEI", "আইএমইআই ২"),
    "indoor": ("Indoor", "Indoor serial", "Indoor unit", "ইনডোর সিরিয়াল"),
    "outdoor": ("Outdoor", "Outdoor serial", "Outdoor unit", "আউটডোর সিরিয়াল"),
    "inverter": ("Inverter", "Inverter serial", "ইনভার্টার"),
    "panel": ("Panel", "Panel serial", "প্যানেল"),
    "battery": ("Battery", "Battery serial", "ব্যাটারি"),
}  # fmt: skip


def sale_columns() -> list[ImportColumn]:
    """In the order in which the mapping page offers them; the numbers of units are those of the shop's kinds."""
    return [
        ImportColumn(
            code="name", label=_("Customer"),
            words=("Name", "Customer", "Customer name", "Buyer", "Party", "Party name", "নাম", "ক্রেতা", "ক্রেতার নাম",
                   "গ্রাহক", "গ্রাহকের নাম", "কাস্টমার", "কাস্টমারের নাম"),
        ),
        ImportColumn(
            code="phone", label=_("Phone"), many=True, is_text=False,
            words=("Phone", "Phone no", "Phone number", "Mobile", "Mobile no", "Mobile number", "Cell", "Contact no",
                   "ফোন", "ফোন নং", "ফোন নম্বর", "মোবাইল", "মোবাইল নং", "মোবাইল নম্বর", "মোবাইল নাম্বার"),
        ),
        ImportColumn(
            code="product", label=_("Product"),
            words=("Product", "Product name", "Item", "Item name", "Model", "Model no", "Model name", "Description",
                   "পণ্য", "পণ্যের নাম", "মডেল", "মডেল নং", "মালের নাম", "বিবরণ"),
        ),
        *unit_columns(),
        ImportColumn(
            code="batch", label=_("Batch or lot"), is_text=False,
            words=("Batch", "Batch no", "Batch number", "Lot", "Lot no", "Lot number", "ব্যাচ", "ব্যাচ নং", "ব্যাচ নম্বর",
                   "লট", "লট নং"),
        ),
        ImportColumn(
            code="date", label=_("Date"), is_text=False,
            words=("Date", "Sale date", "Sold on", "Invoice date", "Bill date", "Purchase date", "তারিখ",
                   "বিক্রির তারিখ", "বিক্রয়ের তারিখ", "কেনার তারিখ"),
        ),
        ImportColumn(
            code="price", label=_("Price"), is_text=False,
            words=("Price", "Amount", "Rate", "Unit price", "Sale price", "Total", "মূল্য", "দাম", "টাকা", "বিক্রয় মূল্য"),
        ),
        ImportColumn(
            code="discount", label=_("Discount"), is_text=False, words=("Discount", "Less", "ছাড়", "কমিশন", "ডিসকাউন্ট")
        ),
        ImportColumn(
            code="quantity", label=_("Pieces"), is_text=False,
            words=("Quantity", "Qty", "Pieces", "Pcs", "পরিমাণ", "সংখ্যা", "পিস"),
        ),
        ImportColumn(
            code="memo", label=_("Memo number"), is_text=False,
            words=("Memo", "Memo no", "Memo number", "Invoice", "Invoice no", "Bill no", "Voucher no", "মেমো",
                   "মেমো নং", "মেমো নম্বর", "রসিদ নং", "চালান নং", "বিল নং"),
        ),
        ImportColumn(
            code="branch", label=_("Branch"), words=("Branch", "Outlet", "Showroom", "শাখা", "শোরুম", "আউটলেট"),
        ),
    ]  # fmt: skip


def unit_columns() -> list[ImportColumn]:
    """One for each number that units of the shop's kinds have. One query."""
    labels: dict[str, list[str]] = {}
    for identifiers in ProductKind.objects.filter(is_active=True).values_list("identifiers", flat=True):
        for entry in identifiers:
            names = labels.setdefault(str(entry["code"]), [])
            names += [str(entry.get("label_bn", "")), str(entry.get("label_en", ""))]
    return [
        ImportColumn(
            code=f"{PREFIX}{code}",
            label=in_reader_language(names[0], names[1]) or code,
            words=tuple(dict.fromkeys(filter(None, [*WORDS.get(code, ()), *names]))),
            is_text=False,
        )
        for code, names in labels.items()
    ]
