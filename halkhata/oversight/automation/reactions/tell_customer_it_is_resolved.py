"""Ticket resolved -> the customer reads what was done, and in the same letter is asked how it was (B.1 "resolved")."""

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.feedback.models import SurveyInvitation
from halkhata.desks.tickets.choices import Remedy
from halkhata.desks.tickets.events import TicketResolved
from halkhata.desks.tickets.models import Resolution
from halkhata.desks.tickets.selectors.standing import resolution_stands
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.placeholders import names_in
from halkhata.engines.messaging.services.templates import find_template
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.letters import has_address, is_wanted, language_of
from halkhata.oversight.automation.survey_link import ask, cause_of

# The others ("explained", "refused", "other") say nothing that the words of staff do not say better.
_TOLD = {Remedy.REPAIRED, Remedy.REPLACED, Remedy.REFUNDED, Remedy.DISCOUNT}


@on(TicketResolved)
def tell_customer_it_is_resolved(event: TicketResolved) -> None:
    """Once per resolving; none when it has been undone meanwhile, or when the question went out on its own already."""
    item = WorkItem.objects.select_related("customer", "branch", "team", "owner").get(pk=event.ticket_id)
    if not resolution_stands(event.resolution_id) or not is_wanted(TemplateCode.RESOLVED, item.team):
        return
    if not has_address(item) or SurveyInvitation.objects.filter(cause=cause_of(event)).exists():
        return
    language = language_of(item)
    invitation, link = ask(event, item) if is_wanted(TemplateCode.FEEDBACK, item.team) else (None, "")
    text = _what_was_done(event.resolution_id, language)
    if invitation is not None and not _places_link(item, language):
        survey = invitation.survey
        question = survey.question_bn if language == "bn" else survey.question_en
        text = f"{text}\n\n{question}\n{link}"
    send_automatic(
        item=item,
        code=TemplateCode.RESOLVED,
        cause=f"ticket:{item.pk}:{TemplateCode.RESOLVED}:{event.resolution_id}",
        context={"text": text, "link": link},
        language=language,
    )


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
