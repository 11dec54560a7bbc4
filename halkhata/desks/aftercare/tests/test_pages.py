"""Pages: the list to call, the unit's panel, rules, recalls, centres, the customers' page; queries do not grow."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from halkhata.desks.aftercare.models import (
    AftercareSettings,
    Recall,
    RecallUnit,
    Reminder,
    ReminderStop,
    ServiceCentre,
    ServiceRule,
)
from halkhata.desks.aftercare.selectors.centres import Spot, nearest, nearest_for, spot_named
from halkhata.desks.aftercare.services.centres import save_centre
from halkhata.desks.aftercare.services.planning import plan_reminders
from halkhata.desks.aftercare.services.recalls import start_recall
from halkhata.desks.aftercare.tests.conftest import TODAY
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.catalog.models import Unit, UnitIdentifier
from halkhata.records.customers.models import Address
from tests.support.fixtures_shop import make_role, make_user

pytestmark = pytest.mark.django_db
SALE = TODAY - timedelta(days=85)


@pytest.fixture
def caller(people, client_as):
    return client_as(people.caller)


@pytest.fixture
def chief(people, client_as):
    return client_as(people.chief)


@pytest.fixture
def planned(make_unit, rule, at_noon):
    unit = make_unit(sold_on=SALE, reads=[(TODAY - timedelta(days=20), 1000), (TODAY - timedelta(days=10), 1500)])
    plan_reminders()
    return unit


def test_list_shows_whom_to_call_and_why(caller, planned):
    page = caller.get("/aftercare/").content.decode()
    assert "Rahima Test" in page
    assert "01100-000001" in page or "01100000001" in page
    assert "By the months between services." in page
    assert caller.get("/aftercare/?view=later").content.decode().count("Rahima Test") == 0
    assert "Rahima Test" not in caller.get("/aftercare/?kind=coupon").content.decode()
    assert "Rahima Test" in caller.get(f"/aftercare/?q={planned.number}").content.decode()


def test_recalls_are_the_one_present_page_of_the_menu_although_they_stand_below_the_reminders(chief):
    page = chief.get("/aftercare/recalls/").content.decode()
    assert re.findall(r'hk-side-link" href="([^"]+)" aria-current="page"', page) == ["/aftercare/recalls/"]


def test_call_page_writes_the_result_and_goes_to_the_next(caller, planned, make_unit):
    make_unit(sold_on=SALE - timedelta(days=1))
    Reminder.objects.all().delete()
    from halkhata.desks.aftercare.models import ReminderRun

    ReminderRun.objects.all().delete()
    plan_reminders()
    first, second = Reminder.objects.order_by("pk")
    assert caller.get(f"/aftercare/call/{first.pk}/").status_code == 200
    sent = {"result": "reached", "version": first.version, "note": "Comes"}
    answer = caller.post(f"/aftercare/call/{first.pk}/", sent)
    assert (answer.status_code, answer.url) == (302, f"/aftercare/call/{second.pk}/")
    again = caller.post(f"/aftercare/call/{first.pk}/", sent)
    assert again.status_code == 409
    assert b"Somebody else wrote something down" in again.content
    assert caller.post(f"/aftercare/call/{second.pk}/", {"version": 1}).status_code == 422


def test_unit_page_says_what_is_due_and_takes_the_wish(caller, planned):
    side = f"/units/{planned.number}/panels/side/"
    assert "Next service" in caller.get(side).content.decode()
    assert caller.post(f"/aftercare/units/{planned.number}/wish/").status_code == 302
    assert ReminderStop.objects.count() == 1
    assert "Remind the owner again" in caller.get(side).content.decode()
    caller.post(f"/aftercare/units/{planned.number}/wish/", {"again": "1"})
    assert ReminderStop.objects.count() == 0


def test_list_takes_the_same_queries_for_two_and_for_twenty(caller, make_unit, rule, at_noon, catalog):
    def counted(number: int) -> int:
        from halkhata.desks.aftercare.models import ReminderRun

        for _one in range(number):
            make_unit(sold_on=SALE)
        ReminderRun.objects.all().delete()
        plan_reminders()
        caller.get("/aftercare/")
        with CaptureQueriesContext(connection) as seen:
            assert caller.get("/aftercare/").status_code == 200
        return len(seen)

    assert counted(2) == counted(18)


def test_rules_are_written_and_refused(chief, catalog):
    kind = catalog.bike.kind
    assert chief.post("/aftercare/settings/rules/new/", {"kind": kind.pk, "months": "৩", "usage_every": "3,000",
                      "is_active": "on"}).status_code == 302  # fmt: skip
    rule = ServiceRule.objects.get()
    assert (rule.months, rule.usage_every, rule.kind) == (3, 3000, kind)
    assert "3,000 km" in chief.get("/aftercare/settings/rules/").content.decode()
    again = chief.post("/aftercare/settings/rules/new/", {"kind": kind.pk, "months": "6", "is_active": "on"})
    assert again.status_code == 409
    assert chief.post("/aftercare/settings/rules/new/", {"kind": kind.pk}).status_code == 422
    fridge = catalog.fridge.kind
    assert chief.post("/aftercare/settings/rules/new/", {"kind": fridge.pk, "usage_every": "5"}).status_code == 422
    changed = {"kind": kind.pk, "months": "4", "is_active": "on", "version": rule.version}
    assert chief.post(f"/aftercare/settings/rules/{rule.pk}/", changed).status_code == 302
    assert chief.post(f"/aftercare/settings/rules/{rule.pk}/", changed).status_code == 409
    assert ServiceRule.objects.get().months == 4


def test_settings_are_written(chief):
    sent = {"before_days": "5", "after_days": "10", "coupon_days": "20", "renewal_days": "৭, 90, 30"}
    assert chief.post("/aftercare/settings/rules/", sent).status_code == 302
    row = AftercareSettings.objects.get()
    assert (row.before_days, row.after_days, row.coupon_days, row.renewal_days, row.sends_texts) == (
        5, 10, 20, [90, 30, 7], False,
    )  # fmt: skip
    assert chief.post("/aftercare/settings/rules/", {**sent, "renewal_days": "soon"}).status_code == 422
    assert chief.get("/aftercare/settings/rules/").status_code == 200


def numbered(make_unit, number, **values) -> Unit:
    unit = make_unit(**values)
    UnitIdentifier.objects.create(
        unit=unit, product=unit.product, kind="chassis", space="chassis", value=number, folded=number
    )
    return unit


def test_recall_is_counted_started_called_and_shown(chief, caller, catalog, make_unit, people):
    unit = numbered(make_unit, "A150")
    numbered(make_unit, "B150")
    sent = {
        "brand": catalog.brand.pk, "serial_from": "A100", "serial_to": "A199", "name_en": "Brake cable",
        "text_en": "Please bring it", "stop_use": "on", "remedy": "Change the cable",
    }  # fmt: skip
    counted = chief.post("/aftercare/recalls/new/", {**sent, "count": "1"})
    assert counted.status_code == 200
    assert b"Units in the book: 1." in counted.content
    assert Recall.objects.count() == 0
    assert chief.post("/aftercare/recalls/new/", {**sent, "start": "1"}).status_code == 302
    recall, row = Recall.objects.get(), RecallUnit.objects.get()
    assert caller.get("/aftercare/recalls/").status_code == 200
    page = caller.get(f"/aftercare/recalls/{recall.number}/").content.decode()
    assert "Rahima Test" in page
    for address in (f"/units/{unit.number}/", f"/jobs/new/?unit={unit.number}", f"/warranty/?q={unit.number}"):
        assert "Brake cable" in caller.get(address).content.decode(), address
    answer = caller.post(
        f"/aftercare/recalls/{recall.number}/units/{row.pk}/", {"result": "reached", "version": row.version}
    )
    assert answer.status_code == 302
    assert RecallUnit.objects.get().state == "told"
    done = {"note": "Dealer in Pabna", "version": 2}
    assert caller.post(f"/aftercare/recalls/{recall.number}/units/{row.pk}/done/", done).status_code == 403
    assert chief.post(f"/aftercare/recalls/{recall.number}/units/{row.pk}/done/", done).status_code == 302
    assert chief.post(f"/aftercare/recalls/{recall.number}/close/").status_code == 302
    assert not Recall.objects.get().is_open
    assert "Brake cable" not in caller.get(f"/jobs/new/?unit={unit.number}").content.decode()


def test_recall_page_takes_the_same_queries_for_two_and_for_twenty(caller, people, catalog, make_unit):
    def counted(first: int, last: int) -> int:
        for number in range(first, last):
            numbered(make_unit, f"A{number}")
        start_recall(actor=SYSTEM, brand=catalog.brand, name_en="X", text_en="x", serial_from="A100", serial_to="A199")
        address = f"/aftercare/recalls/{Recall.objects.order_by('-pk').first().number}/"
        caller.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert caller.get(address).status_code == 200
        return len(seen)

    assert counted(100, 102) == counted(102, 120)


def centre(people, name, district, upazila="", **values):
    return save_centre(
        actor=people.chief, name_en=name, phone="01100000009", district=district, upazila=upazila, **values
    )


def test_nearest_is_of_the_upazila_then_district_then_division(people, catalog, rahima, make_unit):
    far = centre(people, "Pabna", "Pabna")
    district = centre(people, "Bogura town", "Bogura", "Bogura Sadar")
    near = centre(people, "Sherpur", "Bogura", "Sherpur")
    centre(people, "Dhaka", "Dhaka")
    other_brand = centre(people, "Sherpur others", "Bogura", "Sherpur", kinds=[catalog.fridge.kind])
    spot = spot_named("Bogura", "Sherpur")
    assert spot.upazila
    assert spot.division
    found = [(one.centre.pk, one.near) for one in nearest(spot, kind_id=catalog.bike.kind_id)]
    assert found == [(near.pk, "upazila"), (district.pk, "district"), (far.pk, "division")]
    assert other_brand.pk in [one.centre.pk for one in nearest(spot)]
    assert nearest(Spot()) == []
    Address.objects.create(
        customer=rahima, district="Bogura", upazila="Sherpur", district_code=spot.district, upazila_code=spot.upazila
    )
    assert [one.centre.pk for one in nearest_for(rahima, make_unit())] == [near.pk, district.pk, far.pk]


def test_job_and_ticket_name_the_nearest_centre_that_serves_the_brand(caller, people, catalog, rahima, make_unit):
    from halkhata.desks.service.services.opening import open_job
    from halkhata.desks.tickets.services.opening import open_ticket
    from halkhata.records.catalog.services.products import save_brand

    other = save_brand(actor=SYSTEM, name_en="Other")
    centre(people, "Sherpur others", "Bogura", "Sherpur", brands=[other])
    centre(people, "Bogura town", "Bogura", "Bogura Sadar", brands=[catalog.brand])
    spot = spot_named("Bogura", "Sherpur")
    Address.objects.create(
        customer=rahima, district="Bogura", upazila="Sherpur", district_code=spot.district, upazila_code=spot.upazila
    )
    unit = numbered(make_unit, "A777")
    job = open_job(actor=people.caller, unit=unit, customer=rahima, branch=people.branch, complaint="Noise")
    ticket = open_ticket(
        actor=people.caller, kind="complaint", subject="Noise", description="x", customer=rahima, channel="phone",
        branch=people.branch, team=catalog.shop.team, serial="a-777",
    )  # fmt: skip
    for item, address in ((job, f"/jobs/{job.number}/"), (ticket, f"/tickets/{ticket.number}/")):
        asked = f"/aftercare/nearest/?about={item.number}"
        assert asked in caller.get(address).content.decode(), address
        card = caller.get(f"{asked}&part=1").content.decode()
        assert "Bogura town" in card, address
        assert "same district" in card
        assert "Sherpur others" not in card
        assert "Bogura town" in caller.get(asked).content.decode()
    assert caller.get("/aftercare/nearest/?about=K-999999&part=1").content.decode().strip() == ""
    typed = caller.get("/aftercare/nearest/?district=Bogura&upazila=Sherpur").content.decode()
    assert "Sherpur others" in typed
    assert "not known" in caller.get("/aftercare/nearest/").content.decode()


def test_customers_see_the_centres_in_both_languages_without_signing_in(people, catalog):
    centre(
        people, "Bogura workshop", "Bogura", "Sherpur", name_bn="বগুড়া ওয়ার্কশপ", hours_en="Sat-Thu 9-6",
        hours_bn="শনি-বৃহস্পতি ৯-৬", capacity=12, brands=[catalog.brand],
    )  # fmt: skip
    centre(people, "Hidden", "Dhaka", is_public=False)
    visitor = Client()
    english = visitor.get("/c/service-centres/?lang=en").content.decode()
    assert "Bogura workshop" in english
    assert "Sat-Thu 9-6" in english
    assert "Hidden" not in english
    bengali = visitor.get("/c/service-centres/?lang=bn").content.decode()
    assert "বগুড়া ওয়ার্কশপ" in bengali
    assert "শেরপুর, বগুড়া" in bengali
    assert "No centre there" in visitor.get("/c/service-centres/?district=NONE&lang=en").content.decode()


def test_number_of_a_public_centre_is_hidden_from_nobody_that_of_another_is(people, client_as):
    centre(people, "Bogura town", "Bogura")
    save_centre(actor=people.chief, name_en="Inner", phone="01100000008", district="Bogura", is_public=False)
    role = make_role("blind", level=1, scope="branch", permissions=("aftercare.view",))
    blind = make_user("blind", branch=people.branch, role=role)
    page = client_as(blind).get("/aftercare/nearest/?district=Bogura").content.decode()
    assert "Bogura town" in page
    assert "Inner" in page
    text = BeautifulSoup(page, "html.parser").main.get_text()
    assert re.findall(r"011[\d•-]+", text) == ["01100-000009", "011•••••008"]


def test_centre_form_warns_of_a_place_in_no_list(chief):
    sent = {"name_en": "Far away", "phone": "01100000009", "district": "Atlantis", "is_active": "on"}
    page = chief.post("/aftercare/settings/centres/new/", sent, follow=True).content.decode()
    assert "cannot be suggested as the nearest" in page
    row = ServiceCentre.objects.get()
    assert chief.post(f"/aftercare/settings/centres/{row.pk}/", {**sent, "district": ""}).status_code == 422
    assert chief.get(f"/aftercare/settings/centres/{row.pk}/").status_code == 200


def test_pages_are_not_for_whom_they_are_not(people, client_as, planned):
    onlooker = client_as(people.onlooker)
    row = Reminder.objects.get()
    for address in ("/aftercare/", "/aftercare/recalls/", "/aftercare/settings/rules/", f"/aftercare/call/{row.pk}/"):
        assert onlooker.get(address).status_code == 403, address
    assert client_as(people.caller).get("/aftercare/recalls/new/").status_code == 403
