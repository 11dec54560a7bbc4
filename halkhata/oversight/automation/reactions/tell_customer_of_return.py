"""A return went on -> the customer reads where it stands, what happens next, and the address to follow it (A58.11)."""

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.returns.choices import Outcome, Stage
from halkhata.desks.returns.events import ReturnMoved
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.tracking import tracking_url
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.foundation.core.events import on
from halkhata.foundation.core.formatting import format_date, format_money, format_ref
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import Digits, Language
from halkhata.oversight.automation.letters import has_address, is_wanted, language_of


@on(ReturnMoved)
def tell_customer_of_return(event: ReturnMoved) -> None:
    """Once for each stage that a return came to; not for one that has gone on meanwhile to the same words."""
    if not event.tell:
        return
    request = (
        ReturnRequest.objects.select_related("customer", "branch", "team", "owner", "product", "replacement_unit")
        .filter(pk=event.request_id)
        .first()
    )
    if request is None or request.customer is None:
        return
    if not is_wanted(TemplateCode.RETURN, request.team) or not has_address(request):
        return
    language: Language = "en" if language_of(request) == "en" else "bn"
    send_automatic(
        item=request,
        code=TemplateCode.RETURN,
        cause=f"return:{request.pk}:{event.stage}:{event.before}",
        context={"text": news_of(request, Stage(event.stage), language), "link": tracking_url(request)},
        language=language,
    )


def news_of(request: ReturnRequest, stage: Stage, language: Language) -> str:
    """What the customer reads at a stage, in one language, with the address to follow it."""
    digits = Installation.current().digits_in(language)
    with translation.override(language):
        words = _words(request, stage, language, digits)
        where = _("See where it stands: %(link)s") % {"link": tracking_url(request)}
    return f"{words}\n\n{where}"


def _words(request: ReturnRequest, stage: Stage, language: Language, digits: Digits) -> str:
    values = {
        "number": format_ref(request.number, language=language, digits=digits),
        "product": request.product.name,
        "reason": request.reject_reason,
        "carrier": request.carrier,
        "refund": format_money(request.refund_amount, request.currency, language=language, digits=digits),
        "credit": format_money(request.credit_amount, request.currency, language=language, digits=digits),
        "due": format_date(request.refund_due_on, language=language, digits=digits) if request.refund_due_on else "",
    }
    if stage == Stage.REJECTED:
        return (
            _(
                "We cannot take back %(product)s. The reason: %(reason)s\nIf you do not agree, tell us on the page "
                "below: somebody else looks at it again."
            )
            % values
        )
    if stage == Stage.APPROVED and request.is_instant:
        return _("Your return %(number)s is approved. You need not bring anything; the money follows.") % values
    if stage in {Stage.DECIDED, Stage.CLOSED}:
        known = request.result in Outcome.values
        return (_RESULTS[Outcome(request.result)]() if known else _("Return %(number)s.")) % values
    sentence = _STAGES[stage]() % values
    if stage == Stage.RECEIVED and values["due"]:
        sentence += " " + _("You hear from us by %(due)s at the latest.") % values
    return sentence


_STAGES = {
    Stage.REQUESTED: lambda: _("We have your request to give back %(product)s. Its number is %(number)s."),
    Stage.APPROVED: lambda: _(
        "Your return %(number)s is approved. Please bring or send %(product)s with its box and the memo, and write "
        "%(number)s on the parcel."
    ),
    Stage.IN_TRANSIT: lambda: _("Your return %(number)s is on its way to us by %(carrier)s."),
    Stage.RECEIVED: lambda: _("We have received %(product)s for your return %(number)s and will look at it."),
    Stage.INSPECTING: lambda: _("Somebody is looking at %(product)s of your return %(number)s now."),
    Stage.REFUND: lambda: _("%(refund)s of your return %(number)s is on its way to you, the way you paid."),
    Stage.STORE_CREDIT: lambda: _("You have a credit of %(credit)s with us for your return %(number)s."),
    Stage.REPLACEMENT: lambda: _("Your new %(product)s for return %(number)s is ready."),
    Stage.REPAIR: lambda: _("%(product)s of your return %(number)s is being repaired."),
    Stage.SENT_BACK: lambda: _("%(product)s of your return %(number)s goes back to you."),
}
_RESULTS = {
    Outcome.REFUND: lambda: _("Return %(number)s: you get %(refund)s back."),
    Outcome.STORE_CREDIT: lambda: _("Return %(number)s: you get a credit of %(credit)s."),
    Outcome.REPLACEMENT: lambda: _("Return %(number)s: you get another %(product)s."),
    Outcome.REPAIR: lambda: _("Return %(number)s: %(product)s is repaired."),
    Outcome.SENT_BACK: lambda: _("Return %(number)s: %(product)s goes back to you as it is."),
    Outcome.REFUSED: lambda: _("Return %(number)s: the refusal stands. You can still ask for a settlement of dispute."),
    Outcome.WITHDRAWN: lambda: _("Return %(number)s is withdrawn, as you wished."),
}
