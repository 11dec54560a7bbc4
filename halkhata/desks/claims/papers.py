"""The papers of a claim: the company's form with its photo sheet, the tag of an old part, the list of a parcel (B5)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from halkhata.desks.claims.choices import FieldCode, LineKind, Sort
from halkhata.desks.claims.models import Claim, Dispatch, OldPart
from halkhata.desks.claims.selectors.fields import Facts, value_of
from halkhata.desks.claims.selectors.rules import terms_of
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.templatetags.halkhata import digits, localdate, localmonth, money, num, ref
from halkhata.foundation.files.services.storing import read_file
from halkhata.foundation.printing.pdf import letterhead, render_pdf
from halkhata.foundation.printing.pictures import photo_svg, qr_svg
from halkhata.records.catalog.selectors.products import label_of_product

_PRINT = Path(__file__).parent / "print"
MOST_PHOTOS = 12
_HEAD = (
    FieldCode.PRODUCT, FieldCode.SERIAL, FieldCode.SOLD_ON, FieldCode.FAILED_ON, FieldCode.REPAIRED_ON,
    FieldCode.READING, FieldCode.DEFECT_CODE, FieldCode.CAUSE_CODE, FieldCode.FAULTY_SERIAL,
    FieldCode.REPLACEMENT_SERIAL, FieldCode.OLD_PART_TAG, FieldCode.JOB_NUMBER,
)  # fmt: skip
# Written as they stand on the thing: the company types them into its own book.
_CODES = {
    FieldCode.SERIAL, FieldCode.DEFECT_CODE, FieldCode.CAUSE_CODE, FieldCode.FAULTY_SERIAL,
    FieldCode.REPLACEMENT_SERIAL,
}  # fmt: skip


def form_pdf(claim: Claim) -> bytes:
    """The claim form with its lines and photo sheet, in the active language. Raises DomainError ``print_failed``."""
    return render_pdf(_PRINT / "form.typ", form_data(claim) | {"shop": letterhead(claim.branch)}, size="a4")


def tags_pdf(claim: Claim) -> bytes:
    """A tag for each old part, 80 mm wide. Raises DomainError ``no_parts``, ``print_failed``."""
    parts = list(claim.old_parts.all())
    if not parts:
        raise DomainError("no_parts", _("No old part has a tag yet."))
    terms = terms_of(claim.brand)
    product = label_of_product(claim.unit.product) if claim.unit is not None else claim.subject
    tags = [
        {
            "number": _tag(part),
            "fields": _filled(
                [pgettext("claim line", "Part"), digits(part.name)], [_("Number of the part"), part.serial],
                [_("Company"), terms.company], [_("Product"), digits(product)],
                [_("Repaired on"), localdate(claim.repaired_on) if claim.repaired_on else ""],
                [_("Where it is kept"), digits(part.shelf)], [_("Send to"), digits(terms.address)],
            ),
            "qr": qr_svg(f"{settings.BASE_URL.rstrip('/')}/claims/{claim.number}/"),
        }
        for part in parts
    ]  # fmt: skip
    return render_pdf(_PRINT / "tags.typ", {"title": _("Old part: do not throw away"), "tags": tags}, size="80mm")


def dispatch_pdf(dispatch: Dispatch) -> bytes:
    """The list that goes with a parcel of old parts. Raises DomainError ``print_failed``."""
    terms = terms_of(dispatch.brand)
    parts = dispatch.parts.select_related("claim").order_by("claim__number", "place")
    return render_pdf(
        _PRINT / "dispatch.typ",
        {
            "shop": letterhead(dispatch.branch),
            "title": _("Old parts sent to the company"),
            "fields": [
                [_("Company"), terms.company], [_("Send to"), digits(terms.address)],
                [_("Sent on"), localdate(dispatch.sent_on)], [_("Courier"), digits(dispatch.courier)],
                [_("Number of the consignment"), dispatch.consignment], [_("Branch"), dispatch.branch.name],
            ],
            "heads": [
                _("Tag"), _("Claim number of the company"), pgettext("claim line", "Part"), _("Number of the part"),
            ],
            "rows": [
                [_tag(part), part.claim.company_number, digits(part.name), part.serial]
                for part in parts
            ],
            "note": digits(dispatch.note),
            "signatures": [_("For the shop"), _("Courier"), _("Received by the company")],
            "footer": str(dispatch.pk),
        },
        size="a4",
    )  # fmt: skip


def form_data(claim: Claim) -> dict[str, Any]:
    """The texts of the form."""
    facts, terms = Facts.of(claim), terms_of(claim.brand)
    head = [[str(FieldCode(code).label), _head(claim, code, facts)] for code in _HEAD]
    if claim.sort == Sort.COUPONS and claim.month_on:
        head = [[_("Month"), localmonth(claim.month_on)]]
    return {
        "title": _("Claim to the company"),
        "number": ref(claim.number),
        "fields": [
            [_("Company"), terms.company], [_("Claim number of the company"), claim.company_number],
            [_("Branch"), claim.branch.name],
            [_("Sent on"), _said(value_of(claim, FieldCode.SUBMITTED_ON, facts))],
            *[[name, value] for name, value in head if value],
        ],
        "words_title": str(FieldCode.DESCRIPTION.label),
        "words": digits(claim.description),
        "heads": [_("Kind"), _("Code"), _("What"), _("Quantity"), _("Claimed")],
        "rows": [
            [
                str(LineKind(line.kind).label), " ".join(filter(None, (line.code, line.fault_code))), digits(line.text),
                num(line.quantity.normalize()), money(line.claimed_amount, claim.currency),
            ]
            for line in facts.lines
            if line.is_recoverable
        ],
        "total": [_("Claimed"), money(claim.claimed_amount, claim.currency)],
        "photos_title": _("Photos"),
        "photos": _photos(claim),
        "signatures": [_("Technician"), _("For the shop"), _("For the company")],
        "footer": ref(claim.number),
    }  # fmt: skip


def _tag(part: OldPart) -> str:
    return f"{ref(part.claim.number)}/{num(part.place)}"


def _filled(*fields: list[str]) -> list[list[str]]:
    return [field for field in fields if field[1]]


def _head(claim: Claim, code: str, facts: Facts) -> str:
    if code == FieldCode.OLD_PART_TAG:
        return ", ".join(_tag(part) for part in claim.old_parts.all())
    value = value_of(claim, code, facts)
    if code == FieldCode.JOB_NUMBER:
        return ref(value)
    return str(value or "") if code in _CODES else _said(value)


def _said(value: Any) -> str:
    if value in (None, ""):
        return ""
    if hasattr(value, "isoformat"):
        return str(localdate(value))
    return str(num(value)) if isinstance(value, int) else str(digits(str(value)))


def _photos(claim: Claim) -> list[dict[str, str]]:
    shown = []
    for row in claim.files.select_related("file")[:MOST_PHOTOS]:
        if not row.file.is_image:
            continue
        try:
            caption = " · ".join(filter(None, (str(row.get_kind_display()), digits(row.note))))
            shown.append({"svg": photo_svg(read_file(row.file)), "caption": caption})
        except (ValueError, OSError, DomainError):
            continue
    return shown
