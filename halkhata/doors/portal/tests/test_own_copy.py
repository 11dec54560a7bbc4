"""By the mobile number alone to everything that is kept: the code, the copy, the consents (E.8, US-56 AC 2)."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.doors.portal.jobs import prune_portal
from halkhata.doors.portal.models import DataCopy, FollowRequest
from halkhata.doors.portal.services import copies
from halkhata.doors.portal.services.copies import make_copy
from halkhata.doors.portal.tests.conftest import OTHER_PHONE, PHONE
from halkhata.doors.portal.tests.following import CODE, ENTER, ask_for_own, digest, enter, enter_own, own_code
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.texts import words_of
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.blobs import blob_path
from halkhata.records.customers.models import ContactPoint, Organization
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.privacy.models import ConsentEvent, DataRequest
from halkhata.records.privacy.services.consents import record_consent
from halkhata.records.privacy.services.contacting import may_contact
from halkhata.records.privacy.services.erasing import erase_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(customer):
    """A browser that has shown the code, of a customer with whom there is no work yet."""
    browser = Client()
    answer = enter_own(browser, PHONE)
    assert (answer.status_code, answer["Location"]) == (302, "/c/data/")
    return browser


def page_of(browser):
    return browser.get("/c/data/?lang=en").content.decode()


# ---------------------------------------------------------------- the way in
def test_phone_and_code_open_the_page_without_any_ticket(inside, customer):
    page = inside.get("/c/data/?lang=en")
    assert page.status_code == 200
    assert "<script" not in page.content.decode()
    assert not TextMessage.objects.exclude(sealed_text="").exists()
    actions = AuditEntry.objects.filter(action__startswith="own_data.").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["own_data.code", "own_data.open"]


def test_code_of_somebody_with_a_ticket_is_a_short_text_on_it(ticket):
    browser = Client()
    ask_for_own(browser, PHONE)
    message = TextMessage.objects.get()
    assert (message.item_id, message.channel, message.purpose, message.state) == (ticket.pk, "sms", "code", "prepared")
    assert browser.post(CODE, {"code": own_code()})["Location"] == "/c/data/"
    # The phone opens the tickets of the one person who has it.
    assert browser.get(f"/c/t/{ticket.number}/").status_code == 200


def test_phone_that_two_people_have_opens_no_tickets(shop, ticket):
    create_customer(
        actor=shop.agent, name_en="Selim", phones=[PHONE], branch=shop.branch, confirm_duplicate="His mother's phone"
    )
    browser = Client()
    enter_own(browser, PHONE)
    assert browser.get(f"/c/t/{ticket.number}/").status_code == 404


def test_answer_and_work_are_the_same_for_a_phone_that_nobody_has(customer):
    def walk(phone):
        browser = Client()
        with CaptureQueriesContext(connection) as caught:
            asked = browser.post(ENTER, {"phone": phone})
        pages = [asked, browser.get(CODE), browser.post(CODE, {"code": "000000"})]
        shown = [re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", page.content.decode()) for page in pages]
        tables = [query["sql"] for query in caught.captured_queries if "customers_" in query["sql"]]
        return [page.status_code for page in pages], shown, len(caught), tables

    walk("01100005555")  # what is asked once per process is asked
    known, unknown = walk(PHONE), walk("01100009999")
    assert known == unknown
    assert (known[0], known[3]) == ([302, 200, 422], [])


def test_phone_that_nobody_has_gets_no_code(customer):
    browser = Client()
    ask_for_own(browser, "01100009999")
    request = FollowRequest.objects.get()
    assert (request.code_hash, request.sealed_phone, request.contact) == ("", "", None)
    assert browser.post(CODE, {"code": "123456"}).status_code == 422


def test_number_of_a_firm_opens_nothing(shop, customer):
    firm = Organization.objects.create(name_en="Firm", branch=shop.branch)
    ContactPoint.objects.create(organization=firm, kind="phone", value="+8801100005050")
    ask_for_own(Client(), "01100005050")
    assert FollowRequest.objects.get().code_hash == ""


@pytest.mark.parametrize("phone", ["", "12", "hello"])
def test_what_is_no_number_is_marked_and_changes_nothing(customer, phone):
    before = digest()
    page = Client().post(ENTER, {"phone": phone, "lang": "en"})
    assert (page.status_code, 'id="id_phone_error"' in page.content.decode()) == (422, True)
    assert digest() == before


def test_fourth_code_within_an_hour_is_refused(customer):
    answers = [ask_for_own(Client(), PHONE, REMOTE_ADDR=f"10.0.0.{number}") for number in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 3600


def test_code_of_somebody_without_work_is_a_short_text_to_them_and_told_by_their_branch(client_as, shop, customer):
    ask_for_own(Client(), PHONE)
    message = TextMessage.objects.get()
    assert (message.item, message.customer, message.channel, message.purpose) == (None, customer, "sms", "code")
    there = create_branch(actor=None, name_en="There")
    create_customer(actor=shop.owner, name_en="Faraway", phones=[OTHER_PHONE], branch=there)
    ask_for_own(Client(), OTHER_PHONE)
    far = TextMessage.objects.order_by("-pk").first()
    staff = client_as(shop.agent)
    shown = staff.post(reverse("messaging:text_code", args=[message.pk]))
    assert words_of(message)[:6] in shown.content.decode()
    assert staff.post(reverse("messaging:text_code", args=[far.pk])).status_code == 404
    assert AuditEntry.objects.filter(action="text.code_shown").count() == 1


def test_number_that_two_people_have_opens_nobodys_data(shop, customer):
    create_customer(
        actor=shop.agent, name_en="Selim", phones=[PHONE], branch=shop.branch, confirm_duplicate="His mother's phone"
    )
    browser = Client()
    assert enter_own(browser, PHONE)["Location"] == "/c/data/"
    for answer in (browser.get("/c/data/?lang=en"), browser.post("/c/data/copy/", {"lang": "en"})):
        assert (answer.status_code, "We must know who you are" in answer.content.decode()) == (403, True)
        assert "Rahima" not in answer.content.decode()
    browser.post("/c/data/", {"kind": "erasure"})
    browser.post("/c/data/consents/", {"agreed": ["marketing:sms"]})
    assert not DataRequest.objects.exists()
    assert not DataCopy.objects.exists()
    assert not ConsentEvent.objects.exists()


def test_shared_number_gives_no_copy_by_the_ticket_either(shop, ticket):
    create_customer(
        actor=shop.agent, name_en="Selim", phones=[PHONE], branch=shop.branch, confirm_duplicate="His mother's phone"
    )
    browser = Client()
    enter(browser, ticket.number, PHONE)
    assert browser.get("/c/data/").status_code == 200
    answer = browser.post("/c/data/copy/", {"lang": "en"})
    assert (answer.status_code, "More than one person has this number" in answer.content.decode()) == (409, True)
    assert not DataCopy.objects.exists()


# ---------------------------------------------------------------- the copy
def fetch(browser):
    """Ask for the copy, have it made, fetch it."""
    answer = browser.post("/c/data/copy/")
    assert (answer.status_code, answer["Location"]) == (302, "/c/data/?said=copy")
    run_until_quiet()
    return browser.get("/c/data/copy/")


def test_copy_holds_everything_as_json_and_csv(inside, customer):
    assert "Make my copy" in page_of(inside)
    answer = inside.post("/c/data/copy/")
    waiting = inside.get(answer["Location"])
    assert waiting["Refresh"] == "5; url=/c/data/"
    request = DataRequest.objects.get()
    assert (request.kind, request.state, request.customer) == ("access", "open", customer)
    assert inside.get("/c/data/copy/").status_code == 404
    run_until_quiet()
    ready = inside.get("/c/data/?lang=en")
    assert "Download my copy" in ready.content.decode()
    assert "Refresh" not in ready.headers
    fetched = inside.get("/c/data/copy/")
    assert fetched["Content-Type"] == "application/zip"
    assert fetched["Cache-Control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(b"".join(fetched.streaming_content)))
    tables = json.loads(archive.read("data.json"))["tables"]
    assert tables["customers.customer"][0]["name_en"] == "Rahima"
    assert {"csv/customers.customer.csv", "csv/customers.contactpoint.csv"} <= set(archive.namelist())
    assert PHONE[1:] in archive.read("csv/customers.contactpoint.csv").decode()
    # Secrets of the way in are no part of it.
    assert "session_hash" not in json.dumps(tables)
    request.refresh_from_db()
    assert request.state == "done"
    assert AuditEntry.objects.filter(action="own_data.download").count() == 1


def test_asking_twice_makes_one_copy_and_fetching_twice_ends_one_request(inside):
    for _ in range(2):
        inside.post("/c/data/copy/")
    run_until_quiet()
    assert [b"".join(inside.get("/c/data/copy/").streaming_content)[:2] for _ in range(2)] == [b"PK", b"PK"]
    assert (DataCopy.objects.count(), DataRequest.objects.count()) == (1, 1)


def test_request_stays_open_until_the_copy_was_fetched(inside):
    inside.post("/c/data/copy/")
    run_until_quiet()
    inside.head("/c/data/copy/")
    assert DataRequest.objects.get().state == "open"


def test_copy_is_for_this_session_alone_and_goes_with_it(inside, customer, settings):
    fetch(inside)
    file = StoredFile.objects.get()
    assert blob_path(file.path).exists()
    thief = Client()
    assert thief.get("/c/data/copy/")["Location"] == ENTER
    # Another session of the same person has to ask for its own.
    second = Client()
    enter_own(second, PHONE)
    assert second.get("/c/data/copy/").status_code == 404
    with moved_to(now() + timedelta(minutes=31)):
        assert inside.get("/c/data/copy/")["Location"] == ENTER
        prune_portal.func()
    assert not DataCopy.objects.exists()
    assert not StoredFile.objects.exists()
    assert not blob_path(file.path).exists()


def test_who_is_done_leaves_no_copy_behind(inside):
    fetch(inside)
    path = blob_path(StoredFile.objects.get().path)
    inside.post("/c/follow/end/")
    assert (DataCopy.objects.count(), StoredFile.objects.count(), path.exists()) == (0, 0, False)
    assert inside.get("/c/data/copy/")["Location"] == ENTER


def test_copy_whose_session_ended_before_is_not_made(inside):
    inside.post("/c/data/copy/")
    copy = DataCopy.objects.get()
    with moved_to(now() + timedelta(minutes=31)):
        assert not make_copy(copy.pk)
    copy.refresh_from_db()
    assert (copy.state, copy.file) == ("failed", None)
    assert DataRequest.objects.get().state == "open"


def test_copy_that_is_too_large_says_so_and_can_be_asked_for_again(inside, monkeypatch):
    monkeypatch.setattr(copies, "MOST_BYTES", 10)
    inside.post("/c/data/copy/")
    run_until_quiet()
    assert "The copy could not be made" in page_of(inside)
    monkeypatch.setattr(copies, "MOST_BYTES", 10_000_000)
    assert fetch(inside).status_code == 200
    assert (DataCopy.objects.count(), DataRequest.objects.count()) == (1, 1)


def test_copy_killed_while_it_is_made_is_made_by_the_next_try(inside, monkeypatch):
    """Twin of the guard: a second run over a finished copy changes nothing."""
    inside.post("/c/data/copy/")
    copy = DataCopy.objects.get()
    with monkeypatch.context() as patch:
        patch.setattr(copies, "store_chunks", _dies)
        with pytest.raises(KeyboardInterrupt):
            make_copy(copy.pk)
    copy.refresh_from_db()
    assert copy.state == "waiting"
    assert make_copy(copy.pk)
    file = DataCopy.objects.get().file
    assert not make_copy(copy.pk)
    assert DataCopy.objects.get().file == file


def _dies(**values):
    raise KeyboardInterrupt


def test_erased_person_leaves_no_copy(inside, customer):
    fetch(inside)
    path = blob_path(StoredFile.objects.get().path)
    erase_person(actor=None, customer=customer)
    run_until_quiet()
    assert (DataCopy.objects.count(), StoredFile.objects.count(), path.exists()) == (0, 0, False)
    assert inside.get("/c/data/")["Location"] == ENTER


def test_page_asks_no_more_for_more_rows(inside, customer):
    def count():
        with CaptureQueriesContext(connection) as caught:
            inside.get("/c/data/")
        return len(caught)

    count()
    few = count()
    for kind in ("rectification", "erasure"):
        inside.post("/c/data/", {"kind": kind})
    for purpose in ("marketing", "loyalty"):
        record_consent(actor=None, customer=customer, purpose=purpose, channel="sms", act="granted", source="counter")
    assert count() == few


# ---------------------------------------------------------------- consents
def boxes(browser):
    """The ticked boxes of the page."""
    return set(re.findall(r'name="agreed" value="([a-z:]+)" checked', page_of(browser)))


def test_consents_are_seen_and_changed(inside, customer):
    asked_until_no = {f"survey:{channel}" for channel in ("phone", "sms", "email", "whatsapp")}
    assert boxes(inside) == asked_until_no
    wanted = [*(asked_until_no - {"survey:phone"}), "marketing:sms", "marketing:email", "gift:pigeon"]
    answer = inside.post("/c/data/consents/", {"agreed": wanted})
    assert answer["Location"] == "/c/data/?said=consents"
    acts = {(one.purpose, one.channel): one for one in ConsentEvent.objects.all()}
    assert {place: one.act for place, one in acts.items()} == {
        ("marketing", "sms"): "granted", ("marketing", "email"): "asked", ("survey", "phone"): "withdrawn",
    }  # fmt: skip
    assert {one.source for one in acts.values()} == {"form"}
    assert acts["marketing", "sms"].wording.number == 1
    assert acts["marketing", "sms"].proof != ""
    assert may_contact(customer, "marketing", "sms")
    assert not may_contact(customer, "survey", "phone")
    # The mail counts once confirmed: its box is not ticked, and says so.
    assert boxes(inside) == (asked_until_no - {"survey:phone"}) | {"marketing:sms"}
    assert "To be confirmed" in page_of(inside)


def test_saving_what_stands_writes_nothing(inside):
    inside.post("/c/data/consents/", {"agreed": sorted(boxes(inside))})
    assert not ConsentEvent.objects.exists()


def test_no_to_everything_holds_at_once(inside, customer):
    inside.post("/c/data/consents/", {})
    assert {one.act for one in ConsentEvent.objects.all()} == {"withdrawn"}
    assert not may_contact(customer, "survey", "sms")
    assert may_contact(customer, "service", "sms")


def test_forged_press_from_another_site_changes_nothing(customer):
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/c/data/consents/", {"agreed": "marketing:sms"}).status_code == 403
    assert not ConsentEvent.objects.exists()


def test_other_persons_receipt_and_name_stand_nowhere(inside, foreign):
    other = Client()
    enter_own(other, OTHER_PHONE)
    other.post("/c/data/", {"kind": "erasure"})
    number = DataRequest.objects.get().number
    page = inside.get(f"/c/data/?said=asked&number={number}&lang=en").content.decode()
    assert number not in page
    assert "Selim" not in page


def test_too_many_presses_are_refused_in_words_and_what_was_typed_stays(inside, monkeypatch):
    from halkhata.doors.portal.views import own_data

    monkeypatch.setattr(own_data, "MOST", 0)
    answer = inside.post("/c/data/", {"kind": "erasure", "what": "All of it", "lang": "en"})
    assert (answer.status_code, int(answer["Retry-After"]) > 0) == (429, True)
    assert "All of it" in answer.content.decode()
    assert inside.post("/c/data/copy/").status_code == 429
    assert inside.post("/c/data/consents/").status_code == 429
    assert not DataRequest.objects.exists()
    assert not ConsentEvent.objects.exists()
