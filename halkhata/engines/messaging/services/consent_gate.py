"""Whether a message may go to its customer, asked when it is queued and again when it is sent (B.4, N2)."""

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.models import Delivery, TextMessage
from halkhata.engines.messaging.text_choices import TextPurpose
from halkhata.records.privacy.choices import ContactChannel, Purpose
from halkhata.records.privacy.services.contacting import may_contact
from halkhata.records.privacy.services.links import unsubscribe_url

# What a short text is for, where it is not about the customer's own matter. A reminder to renew goes until a "no",
# which the gate asks for: here it is asked as service.
KINDS = {TextPurpose.OFFER: Purpose.MARKETING, TextPurpose.SURVEY: Purpose.SURVEY}
# What an occasion is for. Everything that belongs to the customer's own matter is service.
PURPOSES = {TemplateCode.FEEDBACK: Purpose.SURVEY}


def purpose_of(code: str) -> str:
    """What an automatic message of this occasion is for."""
    return str(PURPOSES.get(TemplateCode(code), Purpose.SERVICE))


def delivery_may_go(delivery: Delivery) -> bool:
    """Whether the customer allows this mail about their own matter now."""
    customer_id = delivery.message.conversation.item.customer_id
    return bool(may_contact(customer_id, delivery.purpose, ContactChannel.EMAIL, address=delivery.to_address))


def text_may_go(message: TextMessage) -> bool:
    """Whether this short text may go. Codes and notices belong to the customer's own matter; offers pass a gate of
    their own before (services/text_gate.py)."""
    purpose = KINDS.get(TextPurpose(message.purpose), Purpose.SERVICE)
    return bool(may_contact(message.whose, purpose, message.channel, address=message.to_address))


def way_out(delivery: Delivery) -> tuple[str, dict[str, str]]:
    """The line under a mail that is no service, and its headers, so that saying no is one press (RFC 8058, N3).

    Both empty for service. Raises ValueError where there can be none: such a mail is not built.
    """
    if delivery.purpose == Purpose.SERVICE:
        return "", {}
    customer, url = delivery.message.conversation.item.customer, ""
    if customer is not None:
        url = unsubscribe_url(
            customer_id=customer.pk, channel=ContactChannel.EMAIL, purpose=delivery.purpose,
            address=delivery.to_address,
        )  # fmt: skip
    if customer is None or not url:
        raise ValueError("a mail that is no service needs a way out")
    with translation.override(customer.language):
        line = _("No more such mail: %(url)s") % {"url": url}
    return line, {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
