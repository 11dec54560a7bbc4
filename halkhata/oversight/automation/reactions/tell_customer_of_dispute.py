"""A dispute is opened, decided, settled, closed, or an offer is made -> the customer is told, with the own page's link.

The reasoned letter itself is sent by whoever handles the dispute; this says that there is news.
"""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.disputes.events import DisputeMoved, DisputeOpened, OfferMade
from halkhata.desks.disputes.models import Dispute
from halkhata.desks.disputes.services.links import dispute_url
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.letters import has_address, is_wanted, language_of


@on(DisputeOpened)
def tell_customer_dispute_is_open(event: DisputeOpened) -> None:
    """Once per dispute; its owner is told when the customer opened it by the own page."""
    dispute = _dispute(event.dispute_id)
    if dispute.by_customer:
        notify(user=dispute.owner, verb="dispute.by_customer", item=dispute, cause=f"dispute:{dispute.pk}:by-customer")
    _tell(
        dispute, "opened",
        lambda: _("Your dispute is written down. People who had no part in it will decide. You hear from us within "
                  "two days."),
    )  # fmt: skip


@on(DisputeMoved)
def tell_customer_dispute_moved(event: DisputeMoved) -> None:
    """What the customer must know of: evidence may come, it is decided, it is settled, it is over."""
    words: dict[str, Any] = {
        "evidence": lambda: _("You may now add to the file of your dispute: papers, photos, what you remember."),
        "under_review": lambda: _("The file of your dispute is complete. The panel reads it now."),
        "decided": lambda: _("Your dispute is decided. The reasons stand on your page, with the way to appeal."),
        "settled": lambda: _("We have an agreement. What we agreed will be done."),
        "closed": lambda: _("Everything that was decided or agreed in your dispute is done."),
        "appealed": lambda: _("We have your appeal. Other people look at the case anew."),
    }
    if event.after in words:
        dispute = _dispute(event.dispute_id)
        _tell(dispute, f"{event.after}:{dispute.round}", words[event.after])


@on(OfferMade)
def tell_customer_of_offer(event: OfferMade) -> None:
    """An offer waits for an answer on the customer's page."""
    _tell(
        _dispute(event.dispute_id), f"offer:{event.offer_id}",
        lambda: _("We make you an offer to settle your dispute. You can accept or refuse it on your page."),
    )  # fmt: skip


def _dispute(pk: int) -> Dispute:
    return Dispute.objects.select_related("customer", "branch", "team", "owner").get(pk=pk)


def _tell(dispute: Dispute, what: str, words: Any) -> None:
    if dispute.is_demo or not is_wanted(TemplateCode.DISPUTE, dispute.team) or not has_address(dispute):
        return
    language = language_of(dispute)
    with translation.override(language):
        text = str(words())
    link = dispute_url(dispute)
    send_automatic(
        item=dispute, code=TemplateCode.DISPUTE, cause=f"dispute:{dispute.pk}:{what}",
        context={"text": f"{text}\n{link}" if link else text, "link": link}, language=language,
    )  # fmt: skip
