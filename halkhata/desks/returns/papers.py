"""The papers of a return: the form both sides sign, and the tag that hangs on the goods (US-32 AC 3, B5)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from halkhata.desks.returns.choices import Grade, Outcome, PayMethod, Reason
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.rule_words import lines_of
from halkhata.desks.returns.tracking import tracking_url
from halkhata.foundation.core.templatetags.halkhata import digits, localdate, money, ref
from halkhata.foundation.files.services.storing import read_file
from halkhata.foundation.printing.pdf import letterhead, render_pdf
from halkhata.foundation.printing.pictures import photo_svg, qr_svg
from halkhata.records.catalog.identifiers import label_of

FORM = Path(__file__).parent / "print" / "form.typ"
TAG = Path(__file__).parent / "print" / "tag.typ"
MOST_PHOTOS = 6


def form_pdf(request: ReturnRequest) -> bytes:
    """The return and replacement form in the active language. Raises DomainError ``print_failed``."""
    return render_pdf(FORM, form_data(request) | {"shop": letterhead(request.branch)}, size="a4")


def tag_pdf(request: ReturnRequest) -> bytes:
    """The tag for the goods, 80 mm wide, with the QR of the return's page. Raises DomainError ``print_failed``."""
    return render_pdf(TAG, tag_data(request), size="80mm")


def numbers_of(request: ReturnRequest) -> list[tuple[str, str]]:
    """Names and values of the unit's numbers, as they stand on it: whoever compares reads the same digits."""
    if request.unit is None:
        return []
    labels = {str(entry["code"]): label_of(entry) for entry in request.product.kind.identifiers}
    return [(labels.get(row.kind, row.kind), row.value) for row in request.unit.identifiers.order_by("pk")]


def form_data(request: ReturnRequest) -> dict[str, Any]:
    """The texts of the form."""
    purchase = request.purchase_line.purchase
    fields = [
        (_("Customer"), str(request.customer or "")),
        (_("Product"), request.product.name),
        *numbers_of(request),
        (_("How many"), digits(str(request.quantity))),
        (_("Memo"), ref(purchase.number)),
        (_("Bought on"), localdate(purchase.bought_on)),
        (_("Paid for it"), money(request.line_price, request.currency)),
        (_("Why it is given back"), Reason(request.reason_code).label),
        (_("The customer would like"), Outcome(request.wish).label if request.wish else ""),
        (_("State"), request.stage_label),
    ]
    decision = [
        (_("Grade"), Grade(request.grade).label if request.grade else ""),
        (_("Decision"), Outcome(request.result).label if request.result else ""),
        (_("Money back"), money(request.refund_amount, request.currency) if request.refund_amount else ""),
        (_("Store credit"), money(request.credit_amount, request.currency) if request.credit_amount else ""),
        (_("Fee kept"), money(request.fee_amount, request.currency) if request.fee_amount else ""),
        (_("Paid by"), PayMethod(request.settle_method).label if request.settle_method else ""),
        (_("New unit"), ref(request.replacement_unit.number) if request.replacement_unit else ""),
        (_("Money is back by"), localdate(request.refund_due_on) if request.refund_due_on else ""),
    ]
    return {
        "title": _("Return and replacement form"),
        "number": ref(request.number),
        "fields": [[name, str(value)] for name, value in fields],
        "decision_title": _("Decision"),
        "decision": [[name, str(value)] for name, value in decision if value],
        "rules_title": _("By our return policy"),
        "rules": [line.text for line in lines_of(request.rules)],
        "note_title": _("In the customer's words"),
        "note": digits(request.note),
        "reason": digits(request.reject_reason or request.decision_note),
        "qr": qr_svg(tracking_url(request)),
        "check": _("Scan to see where it stands."),
        "photos": _photos(request),
        "photos_title": _("Photos"),
        "signatures": [_("Customer"), _("For the shop")],
        "footer": ref(request.number),
    }


def _photos(request: ReturnRequest) -> list[dict[str, str]]:
    shown = []
    for row in request.files.select_related("file")[:MOST_PHOTOS]:
        if not row.file.is_image:
            continue
        try:
            shown.append({"svg": photo_svg(read_file(row.file)), "caption": str(row.get_step_display())})
        except (ValueError, OSError):
            continue
    return shown


def tag_data(request: ReturnRequest) -> dict[str, Any]:
    """The texts of the tag."""
    return {
        "title": _("Returned goods: not for sale"),
        "number": ref(request.number),
        "fields": [
            [_("Product"), request.product.name],
            *[[name, value] for name, value in numbers_of(request)],
            [_("How many"), digits(str(request.quantity))],
            [_("Came in"), localdate(request.received_at) if request.received_at else ""],
            [_("Grade"), str(Grade(request.grade).label) if request.grade else ""],
        ],
        "qr": qr_svg(f"{settings.BASE_URL.rstrip('/')}/returns/{request.number}/"),
    }
