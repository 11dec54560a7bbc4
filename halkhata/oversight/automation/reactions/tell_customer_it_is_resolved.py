"""Ticket resolved -> the customer reads what was done, and in the same letter is asked how it was (B.1 "resolved")."""

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.feedback.models import SurveyInvitation
from halkhata.desks.tickets.choices import Remedy
from halkhata.desks.tickets.events import TicketResolved
from halkhata.desks.tickets.models import Resolution
from halkhata.desks.tickets.selectors.standing import resolution_stands
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.placeholders import names_in
from halkhata.engines.messaging.services.telling import is_wanted, is_wanted_by_text, tell_customer, ways_to
from halkhata.engines.messaging.services.templates import find_template
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.letters import is_wanted_at_all, language_of
from halkhata.oversight.automation.survey_link import ask, ask_by_text, cause_of

# The others ("explained", "refused", "other") say nothing that the words of staff do not say better.
_TOLD = {Remedy.REPAIRED, Remedy.REPLACED, Remedy.REFUNDED, Remedy.DISCOUNT}


@on(TicketResolved)
def tell_customer_it_is_resolved(event: TicketResolved) -> None:
    """Once per resolving; none when it has been undone meanwhile, or when the question went out on its own already."""
    item = WorkItem.objects.select_related("customer", "branch", "team", "owner").get(pk=event.ticket_id)
    if not resolution_stands(event.resolution_id) or not is_wanted_at_all(TemplateCode.RESOLVED, item.team):
        return
    ways = ways_to(item)
    if not ways or SurveyInvitation.objects.filter(cause=cause_of(event)).exists():
        return
    language = language_of(item)
    by_text = bool(ways.number) and not ways.mail
    ask_there = ways.mail and is_wanted(TemplateCode.FEEDBACK, item.team)
    invitation, link = ask(event, item) if ask_there else (None, "")
    text = _what_was_done(event.resolution_id, language)
    if invitation is not None and not _places_link(item, language):
        survey = invitation.survey
        question = survey.question_bn if language == "bn" else survey.question_en
        text = f"{text}\n\n{question}\n{link}"
    tell_customer(
        item=item,
        code=TemplateCode.RESOLVED,
        cause=f"ticket:{item.pk}:{TemplateCode.RESOLVED}:{event.resolution_id}",
        context={"text": text, "link": link},
        language=language,
        ways=ways,
    )
    asks = (TemplateCode.RESOLVED, TemplateCode.FEEDBACK)
    if by_text and all(is_wanted_by_text(code, item.team) for code in asks):
        # A question may have to wait for its hours; that it is done goes at once.
        ask_by_text(event, item, number=ways.number, language=language)


def _what_was_done(resolution_id: int, language: str) -> str:
    """The words of the resolution form: what was done, as staff wrote it, and how it was made good."""
    resolution = Resolution.objects.get(pk=resolution_id)
    with translation.override(language):
        done = _("What we did: %(action)s") % {"action": resolution.action}
        if resolution.remedy not in _TOLD:
            return done
        remedy = str(Remedy(resolution.remedy).label)
        return done + "\n" + _("How it was made good: %(remedy)s") % {"remedy": remedy}


def _places_link(item: WorkItem, language: str) -> bool:
    """Whether the shop's text says itself where the link stands."""
    template = find_template(code=TemplateCode.RESOLVED, team=item.team, language=language)
    return template is not None and "link" in names_in(template.body)
