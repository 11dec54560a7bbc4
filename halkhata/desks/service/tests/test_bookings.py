"""Bookings: a place of a day asked for, answered, kept; one per unit, so many a day (issue 5, part 8)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.desks.service.booking_registrations import booking_hits
from halkhata.desks.service.models import BookingPhoto, BookingRule, JobBooking, JobPhoto
from halkhata.desks.service.selectors.bookings import day_there, free_days
from halkhata.desks.service.services.booking_rules import save_booking_rule
from halkhata.desks.service.services.bookings import (
    ask_booking,
    confirm_booking,
    decline_booking,
    miss_booking,
    withdraw_booking,
)
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.work.models import Notification
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM, SystemActor
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.files.services.storing import store_file
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Unit, UnitLife
from halkhata.records.catalog.services.owners import transfer_unit
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.privacy.services.erasing import erase_person
from halkhata.records.warranty.tests.conftest import sell_unit
from tests.support.fixtures_shop import make_user

pytestmark = pytest.mark.django_db
CUSTOMER = SystemActor("customer's page")


def day(desk, number=0):
    """One of the days that the branch offers."""
    return free_days(desk.branch)[number].on


@pytest.fixture
def ask(desk, rahima, fridge):
    def make(unit=None, **values):
        return ask_booking(
            **{
                "actor": CUSTOMER, "unit": unit or fridge, "customer": rahima, "branch": desk.branch,
                "complaint": "It does not cool",
                "wished_on": values.pop("wished_on", None) or day(desk), "key": "form:1", **values,
            }
        )  # fmt: skip

    return make


def rows():
    return [
        list(model.objects.order_by("pk").values_list()) for model in (JobBooking, AuditEntry, UnitLife, BookingPhoto)
    ]


def test_wish_takes_a_place_and_tells_desk_and_customer(ask, desk, rahima):
    booking = ask()
    run_until_quiet()
    assert (booking.state, booking.slot, booking.on, booking.number) == ("asked", 1, day(desk), "V-1001")
    assert free_days(desk.branch)[0].left == 7
    told = set(Notification.objects.filter(verb="booking.to_answer").values_list("user__username", flat=True))
    assert {"advisor", "technician"} <= told
    assert "onlooker" not in told
    message = TextMessage.objects.get(cause__startswith="booking:")
    assert (message.customer, message.purpose) == (rahima, "notice")
    assert message.text.startswith("V-1001: we have your wish to bring Fridge 220 on")
    assert UnitLife.objects.filter(verb="booking.asked").count() == 1


def test_same_form_twice_is_one_booking(ask):
    assert ask().pk == ask().pk
    assert JobBooking.objects.count() == 1


def test_second_wish_for_the_unit_is_refused_and_names_the_first(ask):
    ask()
    before = rows()
    with pytest.raises(Conflict) as refused:
        ask(key="form:2")
    assert (refused.value.code, refused.value.data["number"]) == ("booked_already", "V-1001")
    assert rows() == before


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"complaint": "  "}, "complaint_missing"),
        ({"wished_on": date(2020, 1, 1)}, "not_that_day"),
        ({"wished_on": date(2099, 1, 1)}, "not_that_day"),
    ],
)
def test_what_makes_no_booking_changes_nothing(ask, values, code):
    before = rows()
    with pytest.raises(DomainError) as refused:
        ask(**values)
    assert refused.value.code == code
    assert rows() == before


def test_closed_day_is_neither_offered_nor_taken(ask, desk):
    from halkhata.engines.work.models import BranchCalendar, BusinessCalendar, CalendarInterval

    calendar = BusinessCalendar.objects.create(code="week", name_en="Week", zone="Asia/Dhaka")
    closed = day_there(desk.branch) + timedelta(days=1)
    for weekday in set(range(7)) - {closed.weekday()}:
        CalendarInterval.objects.create(calendar=calendar, weekday=weekday, starts_minute=540, ends_minute=1080)
    BranchCalendar.objects.update_or_create(branch=desk.branch, defaults={"calendar": calendar})
    offered = [one.on for one in free_days(desk.branch)]
    assert closed not in offered
    assert len(offered) == 12
    with pytest.raises(DomainError) as refused:
        ask(wished_on=closed)
    assert refused.value.code == "not_that_day"


def test_unit_of_somebody_else_or_in_the_house_is_refused(ask, make_job, karim, catalog, fridge):
    with pytest.raises(NotFound):
        ask(unit=sell_unit(catalog, karim, serial="SN-K"))
    make_job(fridge)
    with pytest.raises(Conflict) as refused:
        ask()
    assert refused.value.code == "unit_is_here"
    assert not JobBooking.objects.exists()


def test_full_day_is_refused_and_a_taken_back_place_is_free_again(ask, desk, catalog, rahima):
    save_booking_rule(actor=None, branch=desk.branch, per_day=1, days_ahead=14)
    first, wished = ask(), day_there(desk.branch) + timedelta(days=1)
    other = sell_unit(catalog, rahima, serial="SN-2")
    with pytest.raises(Conflict) as refused:
        ask(unit=other, key="form:2", wished_on=wished)
    assert refused.value.code == "day_full"
    withdraw_booking(actor=CUSTOMER, booking=first)
    assert ask(unit=other, key="form:2", wished_on=wished).slot == 1


def test_branch_that_takes_none_offers_no_day(ask, desk):
    wished = day(desk)
    save_booking_rule(actor=None, branch=desk.branch, per_day=0, days_ahead=14)
    assert free_days(desk.branch) == []
    with pytest.raises(Conflict) as refused:
        ask(wished_on=wished)
    assert refused.value.code == "no_bookings"


def test_confirmed_for_another_day_moves_the_place_and_tells_the_customer(ask, desk):
    booking, other = ask(), day(desk, 2)
    held = confirm_booking(actor=desk.advisor, booking=booking, on=other, note="Bring the bill.", version=1)
    run_until_quiet()
    assert (held.state, held.on, held.slot, held.answered_by) == ("confirmed", other, 1, desk.advisor)
    text = TextMessage.objects.filter(cause__startswith=f"booking:{booking.pk}:confirmed").get().text
    assert "please bring Fridge 220 on" in text
    assert "Bring the bill." in text


def test_visit_of_a_unit_that_changed_hands_is_over(ask, fridge, karim):
    booking = ask()
    transfer_unit(actor=SYSTEM, unit=fridge, to=karim, on=today(), consent="Signed letter")
    run_until_quiet()
    booking.refresh_from_db()
    assert (booking.state, booking.slot) == ("withdrawn", None)


def test_merged_customer_keeps_the_visit(ask, rahima, karim):
    booking = ask()
    merge_customers(actor=SYSTEM, survivor=karim, merged=rahima, reason="The same person")
    run_until_quiet()
    booking.refresh_from_db()
    assert (booking.state, booking.customer) == ("asked", karim)


def test_asked_for_and_taken_back_again_and_again_is_refused(ask):
    for number in range(5):
        withdraw_booking(actor=CUSTOMER, booking=ask(key=f"form:{number}"))
    before = rows()
    with pytest.raises(Conflict) as refused:
        ask(key="form:6")
    assert refused.value.code == "too_many"
    assert rows() == before
    with moved_to(now() + timedelta(days=1, hours=1)):
        assert ask(key="form:7").state == "asked"


def test_declined_says_why_and_is_over(ask, desk):
    booking = ask()
    with pytest.raises(DomainError):
        decline_booking(actor=desk.advisor, booking=booking, reason=" ")
    held = decline_booking(actor=desk.advisor, booking=booking, reason="The bench is full")
    run_until_quiet()
    assert (held.state, held.slot, held.ended_at is not None) == ("declined", None, True)
    assert TextMessage.objects.filter(text__contains="The bench is full").count() == 1
    for act in (
        lambda: confirm_booking(actor=desk.advisor, booking=booking),
        lambda: withdraw_booking(actor=CUSTOMER, booking=booking),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "booking_over"


def test_old_version_and_people_without_the_right_change_nothing(ask, desk):
    booking = ask()
    stranger = make_user("far", branch=create_branch(actor=None, name_en="Far"), role=desk.role)
    before = rows()
    with pytest.raises(PermissionRefused):
        confirm_booking(actor=desk.onlooker, booking=booking)
    with pytest.raises(NotFound):
        confirm_booking(actor=stranger, booking=booking)
    with pytest.raises(Conflict) as refused:
        confirm_booking(actor=desk.advisor, booking=booking, version=7)
    assert refused.value.code == "changed_meanwhile"
    assert rows() == before


def test_missed_only_after_its_day(ask, desk):
    booking = ask()
    with pytest.raises(DomainError) as refused:
        miss_booking(actor=desk.advisor, booking=booking)
    assert refused.value.code == "too_early"
    with moved_to(now() + timedelta(days=3)):
        assert miss_booking(actor=desk.advisor, booking=booking).state == "missed"


def test_unit_that_comes_ends_its_booking_with_the_card_and_the_photos(ask, desk, make_job, fridge, png):
    booking = ask(photos=[store_file(name="f.png", data=png)])
    confirm_booking(actor=desk.advisor, booking=booking)
    job = make_job(fridge)
    booking.refresh_from_db()
    assert (booking.state, booking.job_id, booking.slot) == ("came", job.pk, 1)
    assert JobPhoto.objects.filter(job=job).count() == 1


@pytest.fixture
def png():
    import io

    from PIL import Image

    held = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(held, "PNG")
    return held.getvalue()


@pytest.mark.parametrize(
    "values",
    [
        {"state": "nonsense"}, {"complaint": ""}, {"slot": None}, {"slot": 0}, {"state": "came"},
        {"state": "declined", "slot": None, "ended_at": now()}, {"ended_at": now()},
    ],
)  # fmt: skip
def test_database_refuses_what_the_services_never_write(ask, values):
    booking = ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        JobBooking.objects.filter(pk=booking.pk).update(**values)


def test_database_refuses_second_booking_second_holder_of_a_place_and_a_step_back(ask, desk, catalog, rahima, fridge):
    booking = ask()
    copy = {
        "customer": rahima, "branch": desk.branch, "complaint": "x", "wished_on": booking.on, "on": booking.on,
    }  # fmt: skip
    other = sell_unit(catalog, rahima, serial="SN-2")
    with pytest.raises(IntegrityError), transaction.atomic():
        JobBooking.objects.create(number="V-1", unit=fridge, slot=2, key="a", **copy)
    with pytest.raises(IntegrityError), transaction.atomic():
        JobBooking.objects.create(number="V-2", unit=other, slot=1, key="b", **copy)
    withdraw_booking(actor=CUSTOMER, booking=booking)
    with pytest.raises(IntegrityError), transaction.atomic():
        JobBooking.objects.filter(pk=booking.pk).update(state="asked", slot=1, ended_at=None)


def test_erased_customer_leaves_no_words_and_no_photos(ask, rahima, png, desk):
    booking = ask(photos=[store_file(name="f.png", data=png)])
    withdraw_booking(actor=CUSTOMER, booking=booking)
    erase_person(actor=None, customer=rahima)
    booking.refresh_from_db()
    assert "cool" not in booking.complaint
    assert not BookingPhoto.objects.exists()


def test_desk_confirms_and_declines_on_its_page(client_as, ask, desk, catalog, rahima):
    booking, other = ask(), ask(unit=sell_unit(catalog, rahima, serial="SN-2"), key="form:2")
    browser = client_as(desk.advisor)
    page = browser.get(reverse("service:bookings")).content.decode()
    assert "V-1001" in page
    assert "It does not cool" in page
    assert "V-1001" in browser.get(reverse("service:new"), {"unit": booking.unit.number}).content.decode()
    assert "V-1001" in browser.get(reverse("catalog:panels_main", args=[booking.unit.number])).content.decode()
    sent = {"version": 1, "on": booking.on.isoformat(), "note": ""}
    assert browser.post(reverse("service:booking_confirm", args=[booking.number]), sent).status_code == 302
    assert browser.post(reverse("service:booking_confirm", args=[booking.number]), sent).status_code == 409
    empty = browser.post(reverse("service:booking_decline", args=[other.number]), {"version": 1, "reason": ""})
    assert (empty.status_code, "Write why" in empty.content.decode()) == (422, True)
    browser.post(reverse("service:booking_decline", args=[other.number]), {"version": 1, "reason": "No room"})
    assert set(JobBooking.objects.values_list("state", flat=True)) == {"confirmed", "declined"}
    assert "No room" in browser.get(reverse("service:bookings"), {"view": "over"}).content.decode()
    early = browser.post(reverse("service:booking_missed", args=[booking.number]))
    assert early.status_code == 422


def test_page_shows_no_other_branchs_bookings(client_as, ask, desk):
    booking = ask()
    stranger = client_as(make_user("far", branch=create_branch(actor=None, name_en="Far"), role=desk.role))
    assert "V-1001" not in stranger.get(reverse("service:bookings")).content.decode()
    assert stranger.post(reverse("service:booking_confirm", args=[booking.number]), {}).status_code == 404
    looker = client_as(desk.onlooker)
    assert looker.post(reverse("service:booking_confirm", args=[booking.number]), {}).status_code == 403
    booking.refresh_from_db()
    assert booking.state == "asked"


def test_search_finds_a_booking_by_its_number_and_only_inside_the_scope(ask, desk):
    ask()
    stranger = make_user("far", branch=create_branch(actor=None, name_en="Far"), role=desk.role)
    for typed in ("V-1001", "v1001", "ভ-১০০১"):
        assert [hit.badge for hit in booking_hits(desk.advisor, typed, 5)] == ["Asked for"]
    assert booking_hits(desk.advisor, "K-1001", 5) == []
    assert booking_hits(stranger, "V-1001", 5) == []


def test_page_of_bookings_asks_no_more_for_more_rows(client_as, ask, desk, catalog, rahima):
    browser = client_as(desk.advisor)

    def count():
        with CaptureQueriesContext(connection) as caught:
            browser.get(reverse("service:bookings"))
        return len(caught)

    ask()
    count()
    few = count()
    for number in range(4):
        ask(unit=sell_unit(catalog, rahima, serial=f"SN-{number}-M"), key=f"form:m{number}")
    assert count() == few


def test_owner_sets_how_many_a_branch_takes(client_as, shop, desk):
    browser = client_as(shop.owner)
    address = reverse("service:booking_rules")
    assert browser.get(address).status_code == 200
    sent = {"branch": desk.branch.pk, "per_day": "৩", "days_ahead": "10"}
    assert browser.post(address, sent).status_code == 302
    rule = BookingRule.objects.get()
    assert (rule.branch, rule.per_day, rule.days_ahead) == (desk.branch, 3, 10)
    assert browser.post(address, {**sent, "per_day": "999"}).status_code == 422
    assert client_as(desk.advisor).post(address, sent).status_code == 403
    assert Unit.objects.count() == 0
