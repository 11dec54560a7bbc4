"""What stands on a warranty card and on its public check page."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import Language, Reader, reader_context
from halkhata.foundation.printing.pdf import Size, letterhead, render_pdf
from halkhata.foundation.printing.pictures import qr_svg
from halkhata.records.catalog.identifiers import label_of
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.selectors.products import label_of_product
from halkhata.records.warranty.models import Cover
from halkhata.records.warranty.selectors.coupons import coupons_of
from halkhata.records.warranty.services.cards import card_of
from halkhata.records.warranty.words import covered, day, number, usage

TEMPLATE = Path(__file__).parent / "print" / "card.typ"
SHEET = Path(__file__).parent / "print" / "coupons.typ"


def check_url(token: str) -> str:
    """The public address of a card."""
    return f"{settings.BASE_URL.rstrip('/')}/c/warranty/{token}/"


def card_pdf(unit: Unit, *, language: Language, size: Size = "a5") -> bytes:
    """The warranty card of ``unit`` in one language, with the QR code of its check page.

    Raises DomainError ``print_failed``.
    """
    with translation.override(language), reader_context(_reader(language)):
        return render_pdf(TEMPLATE, card_data(unit), size=size)


def coupon_sheet_pdf(unit: Unit, *, language: Language, size: Size = "a5") -> bytes:
    """The sheet of free services of ``unit``, to be cut and kept in the book."""
    with translation.override(language), reader_context(_reader(language)):
        data = {
            **_head(unit), "title": _("Free services"),
            "coupons": [
                {"title": _("Free service %(n)s") % {"n": number(one.coupon.number)}, "window": one.window,
                 "state": one.label}
                for one in coupons_of(unit)
            ],
            "words": {
                "date": _("Date"), "reading": _("Reading"), "sign": _("Signature of the customer"),
                "seal": _("Seal of the service point"),
            },
        }  # fmt: skip
        return render_pdf(SHEET, data, size=size)


def card_data(unit: Unit) -> dict[str, Any]:
    """The texts of the card in the active language."""
    card = card_of(unit)
    covers = list(unit.covers.live().order_by("pk"))
    return {
        **_head(unit),
        "title": _("Warranty card"),
        "qr": qr_svg(check_url(card.token)),
        "check": _("Scan to check this warranty."),
        "heads": [_("Component"), _("Covered"), _("Until"), _("Limit of use")],
        "rows": [
            [cover.label, _covered(cover), day(cover.ends_on), usage(cover.usage_limit, unit.product.kind.usage_unit)]
            for cover in covers
        ],
        "none": "" if covers else _("No warranty is written down for this unit."),
        "not_covered_title": _("Not covered"),
        "not_covered": [
            f"{cover.label}: {cover.exclusions}" for cover in covers if cover.exclusions
        ],
        "rule": _("Time and use: whichever comes first ends the warranty. Keep the bill."),
        "signatures": [_("Customer"), _("For the shop")],
        "footer": unit.product.name,
    }  # fmt: skip


def _head(unit: Unit) -> dict[str, Any]:
    labels = {str(entry["code"]): label_of(entry) for entry in unit.product.kind.identifiers}
    fields = [[_("Product"), label_of_product(unit.product)]]
    fields += [
        [labels.get(identifier.kind, identifier.kind), identifier.value] for identifier in unit.identifiers.all()
    ]
    if unit.owner is not None:
        fields.append([_("Customer"), unit.owner.name])
    if unit.sold_on is not None:
        fields.append([_("Bought on"), day(unit.sold_on)])
    reader = _reader("bn" if (translation.get_language() or "bn") == "bn" else "en")
    return {
        "shop": letterhead(unit.branch), "fields": fields,
        "number": format_ref(unit.number, language=reader.language, digits=reader.digits),
    }  # fmt: skip


def _covered(cover: Cover) -> str:
    return covered(
        parts=cover.covers_parts, labour=cover.covers_labour, visit=cover.covers_visit, exchange=cover.covers_exchange
    )


def masked(value: str) -> str:
    """An identifier for strangers: the last four letters, the rest as dots."""
    return "•" * max(len(value) - 4, 2) + value[-4:] if len(value) > 4 else "•" * len(value)


def _reader(language: Language) -> Reader:
    install = Installation.current()
    return Reader(language=language, digits=install.digits_in(language), time_zone=install.time_zone)
