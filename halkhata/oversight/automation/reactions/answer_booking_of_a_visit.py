"""A visit to the workshop is asked for or answered -> the desk, or the customer, hears it (issue 5, part 8).

A booking is no piece of work yet, so its news go as a short text, or by mail where there is no number.
"""

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.service.booking_choices import BookingState
from halkhata.desks.service.booking_events import BookingMoved
from halkhata.desks.service.models import JobBooking
from halkhata.engines.messaging.selectors.addresses import customer_address
from halkhata.engines.messaging.services.texts import prepare_text
from halkhata.engines.messaging.text_choices import TextChannel
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.events import on
from halkhata.foundation.core.formatting import format_date, format_ref
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import Language
from halkhata.records.customers.choices import ContactKind
from halkhata.records.privacy.selectors.erased import is_erased

MOST_TOLD = 20


@on(BookingMoved)
def tell_desk_of_booking(event: BookingMoved) -> None:
    """Whoever takes units in at the branch is told of a wish, and of one that was taken back."""
    if not event.by_customer:
        return
    booking = JobBooking.objects.filter(pk=event.booking_id).first()
    if booking is None or booking.state != event.state or booking.is_demo:
        return
    verb = "booking.to_answer" if event.state == BookingState.ASKED else "booking.taken_back"
    people = User.objects.filter(is_active=True, branch_id=booking.branch_id).select_related("role").order_by("pk")
    told = [user for user in people if user.may("job.create")][:MOST_TOLD]
    for user in told:
        notify(
            user=user, verb=verb, data={"number": booking.number, "on": booking.on.isoformat()},
            cause=f"booking:{booking.pk}:{event.state}:{user.pk}",
        )  # fmt: skip


@on(BookingMoved)
def tell_customer_of_booking(event: BookingMoved) -> None:
    """Once for each answer; nothing when the booking has gone on meanwhile, or the person's data were erased."""
    rows = JobBooking.objects.select_related("customer", "branch", "unit__product")
    booking = rows.filter(pk=event.booking_id).first()
    if booking is None or booking.state != event.state or is_erased(booking.customer_id):
        return
    language = booking.customer.language or "bn"
    words = news_of_booking(booking, language)
    if not words:
        return
    phones = booking.customer.contact_points.filter(kind=ContactKind.PHONE)
    phone = phones.order_by("-is_reachable", "-is_primary", "pk").first()
    cause = f"booking:{booking.pk}:{event.state}:{event.version}"
    if phone is not None:
        prepare_text(
            customer=booking.customer, channel=TextChannel.SMS, to_address=phone.value, text=words, cause=cause,
            language=language,
        )  # fmt: skip
    elif address := customer_address(booking.customer):
        prepare_text(
            customer=booking.customer, channel=TextChannel.EMAIL, to_address=address, text=words, cause=cause,
            language=language, subject=booking.number,
        )  # fmt: skip


def news_of_booking(booking: JobBooking, language: str) -> str:
    """What the customer reads, in one language; "" where there is nothing to tell."""
    spoken: Language = "en" if language == "en" else "bn"
    install = Installation.current()
    digits = install.digits_in(spoken)
    with translation.override(spoken):
        known = {
            BookingState.ASKED: _(
                "%(number)s: we have your wish to bring %(unit)s on %(day)s. You hear from us whether it suits."
            ),
            BookingState.CONFIRMED: _("%(number)s: please bring %(unit)s on %(day)s. We expect you."),
            BookingState.DECLINED: _("%(number)s: we cannot take %(unit)s on %(day)s."),
        }
        words = known.get(BookingState(booking.state))
        if words is None:
            return ""
        told = words % {
            "number": format_ref(booking.number, language=spoken, digits=digits), "unit": booking.unit.product.name,
            "day": format_date(booking.on, language=spoken, digits=digits),
        }  # fmt: skip
    return " ".join(part for part in (told, booking.answer, install.name or booking.branch.name) if part)
