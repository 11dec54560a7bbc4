"""The decision sheet: reasoned, in one language, with the way of appeal and the way outside (A60.5, A60.7)."""

from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.disputes.choices import Finding, RemedyKind
from halkhata.desks.disputes.models import Decision, Dispute
from halkhata.desks.disputes.selectors.country import outside_route
from halkhata.desks.disputes.selectors.precedents import corrections_of
from halkhata.foundation.core.days import day_at
from halkhata.foundation.core.formatting import Digits, Language, format_date, format_money, format_ref, show_digits
from halkhata.foundation.core.models import Installation
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.storing import store_file
from halkhata.foundation.printing.pdf import letterhead, render_pdf

PRINT = Path(__file__).resolve().parent.parent / "print"


def decision_sheet(dispute: Dispute, decision: Decision, *, language: str) -> dict[str, Any]:
    """The texts of the sheet, translated."""
    spoken: Language = "bn" if language == "bn" else "en"
    digits: Digits = Installation.current().digits_in(spoken)
    with translation.override(spoken):

        def said(name: str) -> str:
            return str(getattr(decision, f"{name}_{spoken}"))

        def day(value: Any) -> str:
            return format_date(value, language=spoken, digits=digits) if value is not None else ""

        remedy = str(RemedyKind(decision.remedy).label)
        if decision.amount is not None:
            money = format_money(decision.amount, decision.currency, language=spoken, digits=digits)
            remedy = f"{remedy}: {money}"
        dissents = [vote for vote in decision.votes if vote.get("dissent")]
        agreed = len(decision.votes) - len(dissents)
        votes = show_digits(
            _("%(agreed)s of %(all)s members of the panel decided so.")
            % {"agreed": agreed, "all": len(decision.votes)}, digits=digits,
        )  # fmt: skip
        appeal = ""
        if decision.round == 1 and dispute.appeal_until is not None:
            appeal = _(
                "You may appeal once until %(day)s. Other people who had no part in this decision then look at it."
            ) % {"day": day(day_at(dispute.branch, dispute.appeal_until))}
        elif decision.round == 2:
            appeal = _("This is the decision on your appeal. There is no other appeal in our house.")
        number = format_ref(dispute.number, language=spoken, digits=digits)
        return {
            "lang": spoken,
            "shop": letterhead(dispute.branch),
            "title": _("Decision sheet"),
            "number": number,
            "footer": number,
            "fields": [
                [_("Customer"), str(dispute.customer or "")],
                [_("Date"), day(day_at(dispute.branch, decision.signed_at) if decision.signed_at else None)],
                [_("About"), _about(dispute, spoken, digits)],
                [_("Happened on"), day(dispute.cause_on)],
                [_("Finding"), str(Finding(decision.finding).label)],
                [_("Remedy"), remedy],
                [_("To be done by"), day(decision.deadline_on)],
            ],
            "parts": [
                [_("Facts"), said("facts")],
                [_("Rule it rests on"), said("clause")],
                [_("Reasons"), said("reasons")],
                *([[_("How the panel voted"), votes]] if len(decision.votes) > 1 else []),
                *([_("Another opinion on the panel"), vote["reason"]] for vote in dissents),
                *(
                    [_("Correction"), str(one.payload.get(f"text_{spoken}", ""))]
                    for one in corrections_of(dispute)
                    if one.payload.get("round") == decision.round
                ),
                *([[_("Appeal"), appeal]] if appeal else []),
                [_("Another way"), _outside(dispute, spoken)],
            ],
            "signatures": [_("For the panel")],
        }


def decision_pdf(dispute: Dispute, decision: Decision, *, language: str) -> bytes:
    """The sheet as PDF. Raises DomainError when it cannot be made."""
    return render_pdf(PRINT / "decision.typ", decision_sheet(dispute, decision, language=language))


def letter_files(dispute: Dispute) -> list[StoredFile]:
    """The sheet of the decision that stands, in the customer's language, stored to go along with a mail."""
    decision = dispute.decisions.filter(signed_at__isnull=False).order_by("-round").first()
    if decision is None:
        return []
    language = dispute.customer.language if dispute.customer is not None else "bn"
    content = decision_pdf(dispute, decision, language=language)
    return [store_file(name=f"{dispute.number}.pdf", data=content, is_demo=dispute.is_demo)]


def _about(dispute: Dispute, language: Language, digits: Digits) -> str:
    parts = [format_ref(dispute.about.number, language=language, digits=digits)] if dispute.about is not None else []
    if dispute.unit is not None:
        parts += [str(dispute.unit.product), format_ref(dispute.unit.number, language=language, digits=digits)]
    return " · ".join(parts)


def _outside(dispute: Dispute, language: str) -> str:
    route = outside_route(dispute.branch.country)
    return route.words_bn if language == "bn" else route.words_en
