"""The code as a short text: prepared for the phone, and by e-mail where that leaves by itself."""

from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.services.following import MOST_PER_NUMBER, WINDOW, causes_of
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.suppression import is_suppressed
from halkhata.engines.messaging.services.texts import can_go, prepare_text
from halkhata.engines.messaging.text_choices import TextChannel, TextPurpose
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.clock import now
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer


def prepare_code(
    request: FollowRequest,
    item: WorkItem | None,
    customer: Customer | None,
    contact: ContactPoint,
    address: str,
    text: str,
    subject: str,
) -> None:
    """Prepare the text with the code on ``item``, or for ``customer`` with whom there is no work yet.

    By e-mail only what leaves by itself: nobody reads a mail out.
    """
    by_sms, by_mail = causes_of(request.pk)
    prepare_text(
        item=item, customer=customer, channel=TextChannel.SMS, to_address=contact.value, text=text, cause=by_sms,
        purpose=TextPurpose.CODE, language=request.language, expires_at=request.expires_at,
    )  # fmt: skip
    leaves = address and can_go(item=item, customer=customer, channel=TextChannel.EMAIL, to_address=address)
    if leaves and _may_mail(address):
        prepare_text(
            item=item, customer=customer, channel=TextChannel.EMAIL, to_address=address, text=text, subject=subject,
            cause=by_mail, purpose=TextPurpose.CODE, language=request.language, expires_at=request.expires_at,
        )  # fmt: skip


def usable_address(customer: Customer | None) -> str:
    """The customer's e-mail address if mail reaches it; "" otherwise."""
    if customer is None:
        return ""
    points = customer.contact_points.filter(kind=ContactKind.EMAIL, is_reachable=True).order_by("-is_primary", "id")
    return next((point.value for point in points if not is_suppressed(point.value)), "")


def _may_mail(address: str) -> bool:
    """Three an hour to one address, whatever numbers ask (B83)."""
    recent = TextMessage.objects.filter(to_address=address, purpose=TextPurpose.CODE, prepared_at__gt=now() - WINDOW)
    return recent.count() < MOST_PER_NUMBER
