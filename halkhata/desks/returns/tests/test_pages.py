"""The whole way through the pages, in both languages; who may not, gets nowhere."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.desks.returns.models import Parcel, ReturnPolicy, ReturnRequest
from halkhata.desks.returns.services.approving import approve_return, reject_return
from halkhata.desks.returns.services.receiving import receive_return
from halkhata.desks.returns.tests.conftest import ask, graded, make_unit, refunded, sell, sell_fans
from halkhata.desks.returns.tracking import tracking_token
from halkhata.records.catalog.models import Unit

pytestmark = pytest.mark.django_db

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100"
    "18dd8db00000000049454e44ae426082"
)


@pytest.fixture
def page(desk, client_as):
    return client_as(desk.owner)


def post(page, request, step, **data):
    request.refresh_from_db()
    values = {f"{step}-{name}": value for name, value in {"version": request.version, **data}.items()}
    return page.post(f"/returns/{request.number}/{step}/", values)


def test_the_whole_way_through_the_pages(desk, page):
    line = sell(desk)
    found = page.get("/returns/new/?find=f-0001")
    assert "Fridge 200" in found.content.decode()
    key = f"{line.pk}-{line.unit_id}"
    form = page.get(f"/returns/new/?line={key}")
    assert "Within the 7 days" in form.content.decode()
    sent = page.post(
        "/returns/new/",
        {"line": key, "reason_code": "defect", "note": "No cold", "wish": "refund", "paid_method": "cash",
         "quantity": "1", "channel": "counter", "has_accessories": "on", "token": "t1",
         "photos": SimpleUploadedFile("door.png", PNG, "image/png")},
    )  # fmt: skip
    request = ReturnRequest.objects.get()
    assert sent["Location"] == f"/returns/{request.number}/"
    assert request.files.count() == 1
    assert post(page, request, "approve").status_code == 302
    wrong = post(page, request, "receive", serial="X-1")
    assert wrong.status_code == 422
    assert "not the serial number" in wrong.content.decode()
    assert post(page, request, "receive", serial="F-0001").status_code == 302
    again = post(page, request, "receive", serial="F-0001")
    assert (again.status_code, "received already" in again.content.decode()) == (409, True)
    assert post(page, request, "begin").status_code == 302
    assert post(page, request, "inspect", grade="b").status_code == 302
    assert post(page, request, "decide", result="refund").status_code == 302
    assert post(page, request, "settle").status_code == 302
    assert post(page, request, "dispose", disposition="release").status_code == 302
    assert post(page, request, "close").status_code == 302
    request.refresh_from_db()
    assert (request.stage, Unit.objects.get(pk=request.unit_id).state) == ("closed", "in_stock")


@pytest.mark.parametrize("language", ["bn", "en"])
def test_every_page_opens_at_every_stage(desk, client_as, language):
    page = client_as(desk.owner, language)
    request = refunded(desk, sell(desk))
    others = [graded(desk, sell_fans(desk, 3), quantity=2)]
    others.append(ask(desk, sell(desk, serial="F-2")))
    rejected = ask(desk, sell(desk, serial="F-3"))
    reject_return(actor=desk.owner, request=rejected, reason="Broken")
    for one in (request, rejected, *others):
        assert page.get(f"/returns/{one.number}/").status_code == 200
    for address in (
        "/returns/", "/returns/?view=all&reason=defect&grade=b&since=2020-01-01", "/returns/new/",
        "/returns/new/?find=nothing", "/returns/numbers/", "/returns/quarantine/", "/returns/settings/policy/",
        "/returns/settings/policy/new/", "/returns/settings/rules/", "/stock/", "/stock/returned/", "/stock/movements/",
        f"/units/{request.unit.number}/", f"/units/{request.unit.number}/panels/main/",
        f"/units/{request.unit.number}/panels/side/", f"/customers/{desk.buyer.pk}/",
        f"/customers/{desk.buyer.pk}/panels/main/",
    ):  # fmt: skip
        assert page.get(address, follow=True).status_code == 200, address


def test_an_expired_window_shows_the_rule_and_the_way_out(desk, page):
    line = sell(desk, days_ago=20)
    data = {"line": f"{line.pk}-{line.unit_id}", "reason_code": "defect", "quantity": "1", "channel": "counter"}
    refused = page.post("/returns/new/", data)
    assert refused.status_code == 422
    assert "goodwill" in refused.content.decode()
    assert not ReturnRequest.objects.exists()
    assert page.post("/returns/new/", {**data, "against_rules": "1"}).status_code == 302
    assert not ReturnRequest.objects.get().is_eligible


def test_an_unknown_serial_is_answered_with_the_way_out_in_bengali(desk, client_as):
    answer = client_as(desk.owner, "bn").get("/returns/new/?find=ZZZ-999")
    assert answer.status_code == 200
    assert "hk-alert" in answer.content.decode()
    assert 'href="/units/sale/"' in answer.content.decode()


def test_a_program_is_no_photo(desk, page):
    line = sell(desk)
    data = {"line": f"{line.pk}-{line.unit_id}", "reason_code": "defect", "quantity": "1", "channel": "counter",
            "photos": SimpleUploadedFile("photo.png", b"<html><script>", "image/png")}  # fmt: skip
    assert page.post("/returns/new/", data).status_code == 422
    assert not ReturnRequest.objects.exists()


@pytest.mark.parametrize(
    "step",
    ["approve", "reject", "transit", "receive", "begin", "inspect", "decide", "settle", "close", "appeal", "answer",
     "dispose", "withdraw"],
)  # fmt: skip
def test_whoever_may_not_gets_403_and_nothing_changes(desk, client_as, step):
    request = ask(desk, sell(desk))
    page = client_as(desk.agent)
    assert page.post(f"/returns/{request.number}/{step}/").status_code == 403
    request.refresh_from_db()
    assert request.stage == "requested"


def test_papers_are_pdf_files(desk, page):
    request = refunded(desk, sell(desk))
    for name in ("form.pdf", "tag.pdf"):
        answer = page.get(f"/returns/{request.number}/{name}")
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")


@pytest.mark.parametrize("address", ["/returns/numbers/", "/returns/quarantine/", "/returns/settings/policy/"])
def test_other_lists_take_the_same_queries_too(desk, page, address):
    counts = []
    for number in range(1, 7):
        ask(desk, sell(desk, serial=f"F-{number}"))
        page.post("/returns/quarantine/", {"content": f"Box {number}"})
        page.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert page.get(address).status_code == 200
        counts.append(len(seen))
    # From the third on the buyer is listed as somebody who returns often: one query for all such buyers.
    assert counts[3] == counts[5]


def test_the_board_takes_the_same_queries_for_one_row_as_for_many(desk, page):
    counts = []
    for number in (1, 2, 3, 4):
        ask(desk, sell(desk, serial=f"F-{number}"))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            page.get("/returns/")
        counts.append(len(seen))
    assert counts[1] == counts[3]


def test_numbers_lead_to_their_rows(desk, page):
    refunded(desk, sell(desk))
    ask(desk, sell_fans(desk, 2), reason_code="damaged")
    html = page.get("/returns/numbers/").content.decode()
    assert "reason=damaged" in html
    rows = page.get("/returns/?view=all&reason=damaged").content.decode()
    assert "Fan 56" in rows
    assert "Fridge 200" not in rows


def test_a_parcel_is_taken_down_and_matched(desk, page):
    line = sell(desk)
    page.post("/returns/quarantine/", {"content": "A fridge", "serial": "F-0001"})
    parcel = Parcel.objects.get()
    request = ask(desk, line)
    approve_return(actor=desk.owner, request=request)
    answer = page.post(f"/returns/quarantine/{parcel.pk}/match/", {f"m{parcel.pk}-number": "e-1001"})
    assert answer["Location"] == "/returns/E-1001/"
    request.refresh_from_db()
    assert request.stage == "received"


def test_a_replacement_is_found_by_its_serial_number(desk, page):
    from halkhata.desks.returns.services.deciding import decide_return

    request = graded(desk, sell(desk))
    decide_return(actor=desk.owner, request=request, result="replacement")
    assert post(page, request, "settle", replacement="nothing").status_code == 422
    make_unit(desk, "F-0077")
    assert post(page, request, "settle", replacement="f0077").status_code == 302


def test_a_policy_is_published_on_the_page(desk, page, client):
    data = {"window_days": "১০", "defect_days": "30", "condition_bn": "বাক্সসহ", "condition_en": "With its box",
            "fee_percent": "5", "needs_accessories": "on"}  # fmt: skip
    assert page.post("/returns/settings/policy/new/", {**data, "condition_bn": ""}).status_code == 422
    assert page.post("/returns/settings/policy/new/", data).status_code == 302
    assert ReturnPolicy.objects.get(version=2).window_days == 10
    public = client.get("/c/returns/policy/?lang=en").content.decode()
    assert "10 days from the day of the sale" in public
    assert "version 1" in public


def test_rules_and_limits_are_set_on_the_page(desk, page):
    data = {"four_eyes_from": "5000", "instant_up_to": "500", "refund_days": "", "bring_days": "10",
            "appeal_days": "20",
            f"limit_{desk.owner.role.pk}": "9999"}  # fmt: skip
    assert page.post("/returns/settings/rules/", data).status_code == 302
    assert page.post("/returns/settings/rules/", {**data, "bring_days": "0"}).status_code == 422


@pytest.mark.parametrize("language", ["bn", "en"])
def test_a_customer_follows_the_own_return_by_its_address(desk, client, language):
    request = ask(desk, sell(desk))
    address = f"/c/returns/{tracking_token(request)}/?lang={language}"
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    html = answer.content.decode()
    assert desk.owner.name not in html
    assert "Buyer Test" not in html


def test_a_made_up_address_shows_nothing(client, desk):
    request = ask(desk, sell(desk))
    for token in ("x", str(request.pk), tracking_token(request)[:-2] + "AA"):
        assert client.get(f"/c/returns/{token}/").status_code == 404


def test_a_customer_appeals_on_the_page_once(desk, client):
    request = ask(desk, sell(desk))
    reject_return(actor=desk.owner, request=request, reason="Broken by a fall")
    address = f"/c/returns/{tracking_token(request)}/appeal/"
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "It never fell"}).status_code == 200
    request.refresh_from_db()
    assert request.appeal_text == "It never fell"
    assert client.post(address, {"text": "Again"}).status_code == 409


def test_the_customer_is_told_at_every_stage(desk):
    from halkhata.engines.messaging.models import Delivery, Mailbox
    from halkhata.engines.messaging.services.defaults import create_default_templates
    from halkhata.foundation.core.outbox import deliver_due
    from halkhata.records.customers.models import ContactPoint

    create_default_templates()
    Mailbox.objects.create(
        name="Care", address="care@example.com", branch=desk.branch, is_default=True, smtp_host="127.0.0.1", smtp_port=1
    )
    ContactPoint.objects.create(customer=desk.buyer, kind="email", value="buyer@example.com", is_primary=True)
    request = ask(desk, sell(desk))
    deliver_due()
    approve_return(actor=desk.owner, request=request)
    deliver_due()
    receive_return(actor=desk.owner, request=request, serial="F-0001")
    deliver_due()
    told = Delivery.objects.filter(cause__startswith=f"return:{request.pk}:").order_by("pk")
    assert [row.cause.split(":")[2] for row in told] == ["requested", "approved", "received"]
    text = told[1].message.text
    assert "E-1001 is approved" in text
    assert "/c/returns/" in text
