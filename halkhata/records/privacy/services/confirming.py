"""Double opt-in: the mail with the link, and what the link does (E.7)."""

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.registry import staff_mailers
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.privacy.choices import ConsentState, ContactChannel, Purpose
from halkhata.records.privacy.selectors.consents import current_wording, standing
from halkhata.records.privacy.selectors.family import family_of
from halkhata.records.privacy.services.contacting import is_stopped
from halkhata.records.privacy.services.links import confirm_token


def confirmation_url(*, customer_id: int, purpose: str, address: str) -> str:
    """The whole address that a mail carries; "" while no page is mounted."""
    token = confirm_token(customer_id=customer_id, channel=ContactChannel.EMAIL, purpose=purpose, address=address)
    try:
        return f"{settings.BASE_URL.rstrip('/')}{reverse('portal:confirm_consent', args=[token])}"
    except NoReverseMatch:
        return ""


def mail_confirmation(*, customer_id: int, purpose: str, address: str) -> bool:
    """Send the mail when a confirmation still waits and the address is still the person's.

    Raises OSError when it should be tried again.
    """
    mailer = staff_mailers.find("mail")
    customer = Customer.objects.filter(pk=customer_id, is_demo=False).first()
    if customer is None or mailer is None or not mailer.can_send():
        return False
    theirs = ContactPoint.objects.filter(customer_id__in=family_of(customer_id), kind=ContactKind.EMAIL, value=address)
    if not theirs.exists() or is_stopped(ContactKind.EMAIL, [address], "", ContactChannel.EMAIL):
        return False
    waiting = standing(customer_id, purpose, ContactChannel.EMAIL)
    wording = waiting.event.wording if waiting.event is not None else current_wording(purpose)
    url = confirmation_url(customer_id=customer_id, purpose=purpose, address=address)
    if waiting.state != ConsentState.ASKED or wording is None or not url:
        return False
    with translation.override(customer.language):
        text = _(
            "You told us that you would like to hear from us: %(purpose)s.\n\n%(wording)s\n\nIf that is so, open this "
            "address and confirm it:\n%(url)s\n\nIf it was not you, do nothing: without it you hear nothing."
        ) % {
            "purpose": Purpose(purpose).label,
            "wording": wording.text_bn if customer.language == "bn" else wording.text_en,
            "url": url,
        }
        subject = _("Please confirm: %(shop)s") % {"shop": Installation.current().name}
        mailer.send(to=address, subject=subject, text=text, language=customer.language)
    return True
