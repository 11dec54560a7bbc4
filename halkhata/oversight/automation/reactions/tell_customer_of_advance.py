"""A replacement was given before the old piece is back, or its deposit moved -> the customer reads what was paid, by
when the old piece must be back, and what became of the deposit (A58.10)."""

from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.returns.choices import Advanced
from halkhata.desks.returns.events import ReturnAdvanced
from halkhata.desks.returns.models import Advance, ReturnRequest
from halkhata.desks.returns.tracking import tracking_url
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.foundation.core.events import on
from halkhata.foundation.core.formatting import format_date, format_money, format_ref
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import Language
from halkhata.oversight.automation.letters import has_address, is_wanted, language_of


@on(ReturnAdvanced)
def tell_customer_of_advance(event: ReturnAdvanced) -> None:
    """Once for each last day and each movement of the deposit."""
    if not event.tell:
        return
    request = (
        ReturnRequest.objects.select_related("customer", "branch", "team", "owner", "product", "advance")
        .filter(pk=event.request_id)
        .first()
    )
    if request is None or request.customer is None or request.in_advance is None:
        return
    if not is_wanted(TemplateCode.RETURN, request.team) or not has_address(request):
        return
    language: Language = "en" if language_of(request) == "en" else "bn"
    advance = request.in_advance
    what = Advanced(event.what)
    moved = advance.entries.order_by("-pk").values_list("pk", flat=True).first() or 0
    send_automatic(
        item=request,
        code=TemplateCode.RETURN,
        cause=f"return:{request.pk}:advance:{what}:{advance.due_on.isoformat()}:{moved}",
        context={"text": advance_news(request, advance, what, event.amount, language), "link": tracking_url(request)},
        language=language,
    )


def advance_news(request: ReturnRequest, advance: Advance, what: Advanced, amount: Decimal, language: Language) -> str:
    """What the customer reads, in one language, with the address to follow it."""
    digits = Installation.current().digits_in(language)
    with translation.override(language):
        kept = advance.entries.filter(kind="kept").order_by("-pk").first()
        values = {
            "number": format_ref(request.number, language=language, digits=digits),
            "product": request.product.name,
            "due": format_date(advance.due_on, language=language, digits=digits),
            "amount": format_money(amount, advance.currency, language=language, digits=digits),
            "reason": kept.reason if kept is not None else request.decision_note,
        }
        words = _SENTENCES[what]() % values
        if what == Advanced.HANDED and amount:
            words += " " + _("You paid a deposit of %(amount)s; you get it back with the old piece.") % values
        where = _("See where it stands: %(link)s") % {"link": tracking_url(request)}
    return f"{words}\n\n{where}"


_SENTENCES = {
    Advanced.HANDED: lambda: _(
        "You have your new %(product)s for return %(number)s. Please bring the old piece by %(due)s."
    ),
    Advanced.SOON: lambda: _("Please bring the old %(product)s for return %(number)s by %(due)s."),
    Advanced.LATE: lambda: _(
        "The old %(product)s for return %(number)s was to be here by %(due)s and has not come. Please bring it now, or "
        "call us."
    ),
    Advanced.MORE_DAYS: lambda: _("You have until %(due)s to bring the old %(product)s for return %(number)s."),
    Advanced.BACK: lambda: _("Return %(number)s: %(amount)s of your deposit go back to you."),
    Advanced.KEPT: lambda: _("Return %(number)s: we keep %(amount)s of your deposit. The reason: %(reason)s"),
    Advanced.MISSED: lambda: _("Return %(number)s: we do not wait for the old piece any more. The reason: %(reason)s"),
}
