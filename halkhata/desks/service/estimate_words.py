"""An estimate in words: what the customer reads, and what the approval is kept of."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from halkhata.desks.service.choices import LineKind, Payer
from halkhata.desks.service.models import JobLine, ServiceJob
from halkhata.foundation.core.formatting import format_money, format_number
from halkhata.foundation.core.models import Installation


def content_of(lines: Iterable[JobLine], note: str) -> dict[str, Any]:
    """The lines as values, frozen in the customer's language."""
    return {
        "lines": [
            {
                "text": line.text, "kind": str(LineKind(line.kind).label), "quantity": str(line.quantity.normalize()),
                "worth": str(line.worth.quantize(Decimal("0.01"))), "payer": line.payer,
                "payer_label": str(Payer(line.payer).label), "charged": str(line.charged),
                "rule": line.rule if line.payer != Payer.CUSTOMER else "",
            }
            for line in lines
        ],
        "note": note,
    }  # fmt: skip


def text_of(job: ServiceJob, content: dict[str, Any], total: Decimal) -> str:
    """The same as one text, line by line, ending with what is to be paid."""
    rows = []
    for line in content["lines"]:
        paid = _money(line["charged"], job.currency)
        if line["payer"] != Payer.CUSTOMER:
            paid = f"{paid} ({line['payer_label']})"
        rows.append(f"{line['kind']}: {line['text']} × {_count(line['quantity'])} = {paid}")
    if content["note"]:
        rows.append(content["note"])
    rows.append(_("You pay: %(total)s") % {"total": _money(total, job.currency)})
    return "\n".join(rows)


def _money(amount: Any, currency: str) -> str:
    language: Any = "bn" if (get_language() or "bn").startswith("bn") else "en"
    digits = Installation.current().digits_in(language)
    return format_money(Decimal(str(amount)), currency, language=language, digits=digits)


def _count(quantity: str) -> str:
    language = "bn" if (get_language() or "bn").startswith("bn") else "en"
    return format_number(Decimal(quantity), digits=Installation.current().digits_in(language))
