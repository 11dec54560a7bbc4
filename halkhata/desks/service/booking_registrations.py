"""What bookings tell the floors below about themselves."""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service.booking_choices import BookingState
from halkhata.desks.service.models import BookingPhoto, JobBooking
from halkhata.engines.work.registry import notification_sentences
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.registry import DemoClearer, SettingsPage, demo_clearers, settings_pages
from halkhata.foundation.core.templatetags.halkhata import localdate, ref
from halkhata.foundation.files.registry import file_guards
from halkhata.records.catalog.registry import life_icons, life_sentences
from halkhata.records.customers.registry import (
    CustomerLink,
    SearchHit,
    SearchSource,
    customer_links,
    search_sources,
    timeline_icons,
    timeline_sentences,
)

_SENTENCES = {
    BookingState.ASKED: _("%(number)s: a visit to the workshop was asked for, for %(on)s"),
    BookingState.CONFIRMED: _("%(number)s: the visit on %(on)s is confirmed"),
    BookingState.CAME: _("%(number)s: the unit came"),
    BookingState.MISSED: _("%(number)s: the unit did not come on %(on)s"),
    BookingState.DECLINED: _("%(number)s: the visit on %(on)s was declined"),
    BookingState.WITHDRAWN: _("%(number)s: the customer does not come on %(on)s"),
}


def register_bookings() -> None:
    """Fill the registries."""
    timeline_icons.register("booking", "calendar")
    life_icons.register("booking", "calendar")
    for state, text in _SENTENCES.items():
        timeline_sentences.register(f"booking.{state.value}", _sentence(text))
        life_sentences.register(f"booking.{state.value}", _sentence(text))
    for verb, text in (
        ("booking.to_answer", _("A customer wants to come on %(on)s: %(number)s. Confirm it or decline it.")),
        ("booking.taken_back", _("%(number)s: the customer does not come on %(on)s")),
    ):
        notification_sentences.register(verb, _sentence(text))
    settings_pages.register(
        "service.bookings",
        SettingsPage(
            label=_("Bookings"),
            description=_("How many visits to the workshop each branch takes on a day"),
            icon="calendar", url_name="service:booking_rules", order=83, permission="settings.edit",
        ),
    )  # fmt: skip
    customer_links.register(
        "service.JobBooking",
        CustomerLink(
            model_label="service.JobBooking", field="customer", on_merge="move", personal_data="content",
            label=_("bookings"),
        ),
    )  # fmt: skip
    search_sources.register(
        "service.bookings",
        SearchSource(label=_("Bookings"), icon="calendar", order=26, permission="job.view", find=booking_hits),
    )
    file_guards.register("service.bookings", may_see_booking_photo)
    demo_clearers.register("service.bookings", DemoClearer(order=27, clear=clear_demo_bookings))


def _sentence(text: Any) -> Any:
    def sentence(data: dict[str, Any]) -> str:
        on = str(data.get("on", ""))
        day = localdate(date.fromisoformat(on), "short") if on else ""
        return str(text % {"number": ref(str(data.get("number", ""))), "on": day})

    return sentence


def booking_hits(user: User, text: str, limit: int) -> list[SearchHit]:
    """Search source: a booking by its number, in any spelling."""
    number = parse_ref(text)
    if number is None or not number.startswith("V-"):
        return []
    rows = JobBooking.objects.visible_to(user).filter(number=number).select_related("unit__product", "customer")
    return [
        SearchHit(
            title=f"{ref(row.number)} {row.unit.product.name}",
            url=f"{reverse('service:bookings')}?view={row.state if row.is_open else 'over'}#{row.number}",
            subtitle=str(row.customer), badge=row.state_label, at=row.asked_at,
        )
        for row in rows[:limit]
    ]  # fmt: skip


def may_see_booking_photo(user: User, file_id: int) -> bool:
    """Whether the file is a photo of a booking that the user sees."""
    if not user.may("job.view"):
        return False
    bookings = BookingPhoto.objects.filter(file_id=file_id).values("booking")
    return JobBooking.objects.visible_to(user).filter(pk__in=bookings).exists()


@transaction.atomic
def clear_demo_bookings() -> int:
    """Remove invented bookings. Returns how many rows went."""
    return JobBooking.objects.filter(is_demo=True).delete()[0]
