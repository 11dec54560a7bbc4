"""Whether a message may go to its customer, asked when it is queued and again when it is sent (B.4, N2)."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.models import Delivery, TextMessage
from halkhata.engines.messaging.text_choices import TextPurpose
from halkhata.records.privacy.choices import ContactChannel, Purpose
from halkhata.records.privacy.services.contacting import may_contact
from halkhata.records.privacy.services.links import preference_url

# What an occasion is for. Everything that belongs to the customer's own matter is service.
PURPOSES = {TemplateCode.FEEDBACK: Purpose.SURVEY}


def purpose_of(code: str) -> str:
    """What an automatic message of this occasion is for."""
    return str(PURPOSES.get(TemplateCode(code), Purpose.SERVICE))


def delivery_may_go(delivery: Delivery) -> bool:
    """Whether the customer allows this mail now."""
    customer_id = delivery.message.conversation.item.customer_id
    return bool(may_contact(customer_id, delivery.purpose, ContactChannel.EMAIL, address=delivery.to_address))


def text_may_go(message: TextMessage) -> bool:
    """Whether this short text may go. Codes and notices belong to the customer's own matter; offers pass a gate of
    their own before (services/text_gate.py)."""
    purpose = Purpose.MARKETING if message.purpose == TextPurpose.OFFER else Purpose.SERVICE
    return bool(may_contact(message.whose, purpose, message.channel, address=message.to_address))


def way_out(delivery: Delivery) -> tuple[str, dict[str, str]]:
    """The line under a mail that is no service, and its headers, so that saying no is one press (RFC 8058, N3).

    Both empty for service.
    """
    if delivery.purpose == Purpose.SERVICE or not settings.BASE_URL:
        return "", {}
    customer = delivery.message.conversation.item.customer
    if customer is None:
        return "", {}
    url = preference_url(customer_id=customer.pk, channel=ContactChannel.EMAIL, address=delivery.to_address)
    if not url:
        return "", {}
    with translation.override(customer.language):
        line = _("No more such mail: %(url)s") % {"url": url}
    return line, {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
