"""Pages of the service desk, and the customer's answer on the public page."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from halkhata.desks.service.models import Estimate, Handover, JobLine, ServiceJob
from halkhata.desks.service.papers import card_pdf, estimate_pdf, gate_pass_pdf
from halkhata.desks.service.selectors.board import BoardFilter, age_counts, board_rows, can_start
from halkhata.desks.service.services.estimates import send_estimate, token_for
from halkhata.desks.service.services.handing_over import hand_over
from halkhata.desks.service.services.lines import add_line
from halkhata.desks.service.services.states import take_step
from halkhata.desks.service.tests.conftest import tick_all
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.texts import words_of
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.clock import now

pytestmark = pytest.mark.django_db


def _picture(name: str = "in.png") -> BytesIO:
    held = BytesIO()
    Image.new("RGB", (20, 20), "red").save(held, "PNG")
    held.seek(0)
    held.name = name
    return held


@pytest.fixture
def staff(desk: Any, client_as: Any) -> Client:
    return client_as(desk.advisor)


@pytest.fixture
def paid(job: Any, desk: Any) -> Any:
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Door bent")
    add_line(
        actor=desk.advisor, job=job, kind="part", text="Door", unit_price=Decimal(900), payer="customer", rule="Fell",
        cost=Decimal(500),
    )  # fmt: skip
    return job


def test_intake_finds_the_unit_by_serial_and_by_phone(staff, fridge):
    serial = fridge.identifiers.first().value
    assert staff.get(f"/jobs/new/?q={serial}").url.endswith(f"?unit={fridge.number}")
    assert staff.get("/jobs/new/?q=01100000001").url.endswith(f"?unit={fridge.number}")
    unknown = staff.get("/jobs/new/?q=nothing-like-it")
    assert unknown.status_code == 200
    assert (b'href="/units/sale/"' in unknown.content) is unknown.context["may_sell"]
    assert (b'href="/warranty/register/"' in unknown.content) is unknown.context["may_register"]
    page = staff.get(f"/jobs/new/?unit={fridge.number}")
    assert page.status_code == 200
    assert b"In warranty" in page.content or b"Partly" in page.content


def test_intake_form_opens_one_card_however_often_it_is_sent(staff, fridge):
    sent = {
        "unit": fridge.number, "complaint": "Does not cool\nsince Friday", "accessories": "cable, remote",
        "promised_for": (now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"), "token": "same",
    }  # fmt: skip
    first = staff.post("/jobs/new/", {**sent, "photos": [_picture()]})
    assert first.status_code == 302
    assert staff.post("/jobs/new/", sent).status_code == 302
    job = ServiceJob.objects.get()
    assert (job.accessories, job.photos.count(), job.delivery_promises.count()) == (["cable", "remote"], 1, 1)


def test_intake_with_a_text_file_as_photo_opens_nothing(staff, fridge):
    fake = BytesIO(b"no picture at all")
    fake.name = "photo.jpg"
    answer = staff.post("/jobs/new/", {"unit": fridge.number, "complaint": "x", "token": "t", "photos": [fake]})
    assert answer.status_code == 422
    assert b"Only photos" in answer.content
    assert ServiceJob.objects.count() == 0


def test_job_page_shows_it_all_and_takes_steps(staff, job, desk):
    url = f"/jobs/{job.number}/"
    assert staff.get(url).status_code == 200
    assert staff.post(url + "step/", {"state": "diagnosed", "diagnosis": ""}).status_code == 422
    assert staff.post(url + "step/", {"state": "diagnosed", "diagnosis": "Gas"}).status_code == 302
    assert staff.post(url + "step/", {"state": "delivered"}).status_code == 409
    line = {"kind": "part", "text": "Thermostat", "quantity": "২", "unit_price": "৫০০", "cost": "300"}
    assert staff.post(url + "lines/", line).status_code == 302
    row = JobLine.objects.get()
    assert (row.quantity, row.unit_price, row.payer) == (Decimal(2), Decimal(500), "warranty")
    assert staff.post(url + f"lines/{row.pk}/remove/").status_code == 302
    assert staff.post(url + "lines/", {**line, "payer": "customer"}).status_code == 422
    assert staff.post(url + "card/", {"technician": desk.technician.pk, "diagnosis": "Gas"}).status_code == 302
    part = {"name": "Motor", "quantity": "1", "eta_on": (now() + timedelta(days=2)).date().isoformat(), "waits": "on"}
    assert staff.post(url + "parts/", part).status_code == 302
    job.refresh_from_db()
    assert (job.technician, job.state) == (desk.technician, "waiting_part")
    assert staff.post(url + f"parts/{job.part_requests.get().pk}/here/").status_code == 302
    assert staff.post(url + "photos/", {"photos": [_picture("b.png")], "taken_when": "bench"}).status_code == 302
    for tickable in job.checklist.all():
        assert staff.post(url + f"checklist/{tickable.pk}/", {"done": "1"}).status_code == 302
    for state in ("working", "tested", "ready"):
        assert staff.post(url + "step/", {"state": state}).status_code == 302
    assert staff.post(url + "handover/", {"how": "signature", "taken_by": "Rahima"}).status_code == 422
    given = {"how": "signature", "taken_by": "Rahima", "typed_name": "Rahima", "accessories_back": "on"}
    assert staff.post(url + "handover/", given).status_code == 302
    assert staff.get(url).status_code == 200
    assert staff.get(url + "gate-pass.pdf")["Content-Type"] == "application/pdf"
    assert staff.get(url + "card.pdf").content[:5] == b"%PDF-"


def test_onlooker_sees_the_card_and_changes_nothing(client_as, desk, job):
    looker = client_as(desk.onlooker)
    assert looker.get(f"/jobs/{job.number}/").status_code == 200
    for act in ("step/", "lines/", "estimate/", "cancel/", "handover/", "code/"):
        assert looker.post(f"/jobs/{job.number}/{act}", {"state": "diagnosed"}).status_code == 403
    assert looker.get("/jobs/new/").status_code == 403
    job.refresh_from_db()
    assert job.state == "in"


def test_card_of_another_branch_is_not_there(client_as, job, elsewhere, desk):
    stranger = elsewhere.seller
    stranger.role = desk.role
    stranger.save()
    assert client_as(stranger).get(f"/jobs/{job.number}/").status_code == 404


def test_board_costs_the_same_for_one_card_and_for_many(
    staff, make_job, desk, catalog, rahima, terms, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from halkhata.records.warranty.tests.conftest import sell_unit

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as held:
            assert staff.get("/jobs/").status_code == 200
        return len(held)

    make_job(sell_unit(catalog, rahima, serial="A-1"), promised_for=now() + timedelta(days=1))
    queries()
    one = queries()
    for number in range(2, 7):
        make_job(sell_unit(catalog, rahima, serial=f"A-{number}"), promised_for=now() + timedelta(days=1))
    assert queries() == one


def test_ages_open_exactly_their_rows(make_job, desk, catalog, rahima, terms):
    from halkhata.records.warranty.tests.conftest import sell_unit

    for number, days in enumerate((0, 3, 4, 7, 8, 15, 16, 40)):
        job = make_job(sell_unit(catalog, rahima, serial=f"B-{number}"))
        WorkItem.objects.filter(pk=job.pk).update(opened_at=now() - timedelta(days=days, minutes=5))
    counts = age_counts(desk.advisor, BoardFilter())
    assert counts == {"0-3": 2, "4-7": 2, "8-15": 2, "16": 2}
    for name, count in counts.items():
        assert board_rows(desk.advisor, BoardFilter(age=name)).count() == count


def test_can_start_lists_what_waits_for_nobody(paid, desk, make_job, bike):
    free = make_job(bike)
    take_step(actor=desk.advisor, job=free, state="diagnosed", diagnosis="Chain")
    assert [job.pk for job in can_start(desk.advisor)] == [free.pk]


def test_turn_around_page_opens(staff, desk, job, client_as, catalog):
    assert staff.get("/jobs/turnaround/").status_code == 403
    assert client_as(catalog.shop.owner).get("/jobs/turnaround/").status_code == 200
    assert client_as(catalog.shop.owner).get("/jobs/settings/rules/").status_code == 200


def test_customer_approves_on_the_public_page(paid, desk):
    estimate = send_estimate(actor=desk.advisor, job=paid)
    url = reverse("portal:job", args=[token_for(estimate)])
    customer = Client()
    page = customer.get(url + "?lang=en")
    assert page.status_code == 200
    assert b"Tk 900" in page.content
    assert b"<script" not in page.content
    sent = {"answer": "yes", "name": "Rahima", "code": "111111", "lang": "en"}
    assert customer.post(url, sent).status_code == 422
    assert customer.post(url + "code/?lang=en").status_code == 302
    code = words_of(TextMessage.objects.get(item=paid, channel="sms")).split()[0]
    assert customer.post(url, {**sent, "code": code}).status_code == 302
    estimate.refresh_from_db()
    paid.refresh_from_db()
    assert (estimate.state, estimate.answered_how, paid.state) == ("approved", "link", "diagnosed")
    assert customer.post(url, {**sent, "code": code, "answer": "no"}).status_code == 409
    assert customer.get(reverse("portal:job", args=["forged"])).status_code == 404
    assert Estimate.objects.get().state == "approved"


def test_papers_are_pdf_in_both_languages(paid, desk):
    from django.utils import translation

    estimate = send_estimate(actor=desk.advisor, job=paid)
    for language in ("bn", "en"):
        with translation.override(language):
            assert card_pdf(paid)[:5] == b"%PDF-"
            assert estimate_pdf(estimate)[:5] == b"%PDF-"


def test_gate_pass_of_a_drawn_signature(job, desk):
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Loose wire")
    take_step(actor=desk.advisor, job=job, state="working")
    tick_all(job, desk.advisor)
    take_step(actor=desk.advisor, job=job, state="tested")
    take_step(actor=desk.advisor, job=job, state="ready")
    hand_over(
        actor=desk.advisor, job=job, how="signature", taken_by="Rahima", strokes=[[[10, 10], [500, 500], [900, 20]]]
    )
    assert gate_pass_pdf(Handover.objects.get())[:5] == b"%PDF-"


def test_job_page_costs_the_same_for_one_line_and_for_many(staff, paid, desk):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(connection) as held:
            assert staff.get(f"/jobs/{paid.number}/").status_code == 200
        return len(held)

    queries()
    one = queries()
    for number in range(5):
        add_line(actor=desk.advisor, job=paid, kind="labour", text=f"Work {number}", unit_price=Decimal(10))
    assert queries() == one


def test_covered_costs_add_up_by_payer(paid, desk):
    from halkhata.desks.service.selectors.costs import covered_costs

    for cost, back in ((Decimal(300), True), (Decimal(50), False)):
        add_line(
            actor=desk.advisor, job=paid, kind="part", text="Valve", unit_price=Decimal(400), cost=cost,
            is_recoverable=back,
        )  # fmt: skip
    (row,) = covered_costs(desk.advisor)
    assert (row.payer, row.jobs, row.cost, row.recoverable, row.ours) == (
        "warranty", 1, Decimal(350), Decimal(300), Decimal(50),
    )  # fmt: skip


def test_unit_and_customer_pages_show_the_card(job, fridge, rahima, client_as, catalog):
    owner = client_as(catalog.shop.owner)
    assert job.number.encode() in owner.get(f"/units/{fridge.number}/panels/main/").content
    assert job.number.encode() in owner.get(f"/customers/{rahima.pk}/panels/main/").content
