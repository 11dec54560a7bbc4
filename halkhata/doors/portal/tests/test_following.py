"""Following without an account: the code, its limits, and nothing learnt about what is not one's own (A52.17)."""

import re
import statistics
import threading
import time
from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.secrets_of import ASKED, OPEN
from halkhata.doors.portal.services import following
from halkhata.doors.portal.services.following import causes_of, hash_of, use_code
from halkhata.doors.portal.services.forgetting import end_all_after_restore, forget_old_requests
from halkhata.doors.portal.services.telling import look_and_tell
from halkhata.doors.portal.tests.conftest import EMAIL, OTHER_PHONE, PHONE
from halkhata.doors.portal.tests.following import CODE, FOLLOW, ask, digest, enter, told_code
from halkhata.engines.messaging.models import Mailbox, TextMessage
from halkhata.engines.messaging.services.suppression import suppress
from halkhata.engines.messaging.services.texts import words_of
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to, now

pytestmark = pytest.mark.django_db

BENGALI = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")


@pytest.fixture
def mailbox(shop):
    return Mailbox.objects.create(
        name="Help", address="help@padma.example.com", branch=shop.branch, is_default=True,
        smtp_host="127.0.0.1", smtp_port=9, smtp_security="none",
    )  # fmt: skip


@pytest.mark.parametrize("number", ["K-1001", "k1001", "ক-১০০১", "১০০১", " K 1001 "])
@pytest.mark.parametrize("phone", [PHONE, "+880 1100-000041", "০১১০০ ০০০ ০৪১"])
def test_number_phone_and_code_in_any_spelling_open_the_ticket(browser, ticket, number, phone):
    assert ticket.number == "K-1001"
    asked = ask(browser, number, phone)
    assert (asked.status_code, asked.headers["Location"]) == (302, CODE)
    opened = browser.post(CODE, {"code": f" {told_code().translate(BENGALI)} "})
    assert opened.headers["Location"] == "/c/t/K-1001/"
    page = browser.get("/c/t/K-1001/?lang=en")
    assert page.status_code == 200
    assert "The fridge does not cool" in page.content.decode()


@pytest.mark.parametrize(("language", "shown"), [("bn", "ক-১০০১"), ("en", "K-1001")])
def test_number_of_the_link_stands_in_the_form_as_the_customer_was_told_it(browser, ticket, language, shown):
    page = browser.get(f"{FOLLOW}?number=K-1001&lang={language}").content.decode()
    assert f'value="{shown}"' in page
    asked = ask(browser, shown, PHONE)
    assert (asked.status_code, asked.headers["Location"]) == (302, CODE)


def test_code_goes_to_the_phone_as_prepared_text_and_to_the_mail_by_itself(browser, ticket, mailbox):
    ask(browser, "K-1001", PHONE)
    texts = {message.channel: message for message in TextMessage.objects.all()}
    assert (texts["sms"].state, texts["sms"].to_address) == ("prepared", "+8801100000041")
    assert (texts["email"].state, texts["email"].to_address) == ("queued", EMAIL)
    assert words_of(texts["sms"]) == words_of(texts["email"])
    assert "K-1001" in words_of(texts["sms"])
    entry = AuditEntry.objects.get(action="follow.code")
    assert entry.actor_label == "customer's page"


def test_undeliverable_address_gets_no_mail(browser, ticket, mailbox):
    suppress(address=EMAIL, reason="550 no such user")
    ask(browser, "K-1001", PHONE)
    assert not TextMessage.objects.filter(channel="email").exists()


def test_demo_customer_gets_no_mail_and_the_code_still_shows(browser, ticket, mailbox):
    type(ticket).objects.filter(pk=ticket.pk).update(is_demo=True)
    ask(browser, "K-1001", PHONE)
    message = TextMessage.objects.get()
    assert (message.channel, message.state, message.is_demo) == ("sms", "prepared", True)


def test_code_and_phone_stand_nowhere_in_the_clear(browser, ticket):
    ask(browser, "K-1001", PHONE)
    code, request = told_code(), FollowRequest.objects.get()
    assert request.sealed_phone == ""
    assert code not in repr(FollowRequest.objects.values().get())
    assert PHONE[1:] not in repr(FollowRequest.objects.values().get())
    assert code not in repr(TextMessage.objects.values().get())
    # The hash is keyed and bound to this asking: the same code of another asking reads differently.
    assert following.code_hash(request.pk, code) != following.code_hash(request.pk + 1, code)


# What can be learnt from outside (B79)


def absent_pairs():
    return [("K-9999", PHONE), ("K-1001", OTHER_PHONE), ("K-1001", "01100009999"), ("F-1001", PHONE)]


def normal(page):
    import re

    text = re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", page.content.decode())
    return page.status_code, text, sorted(page.headers.items()), sorted(page.cookies)


def test_answer_is_the_same_whether_the_pair_exists_or_not(ticket, foreign):
    def walk(number, phone):
        browser = Client()
        asked = browser.post(FOLLOW, {"number": number, "phone": phone})
        code_page = browser.get(CODE)
        wrong = browser.post(CODE, {"code": "000000" if told_code() != "000000" else "000001"})
        return [normal(page) for page in (asked, code_page, wrong)]

    real = walk("K-1001", PHONE)
    for number, phone in absent_pairs():
        assert walk(number, phone) == real


def test_asking_does_the_same_work_whether_the_pair_exists_or_not(ticket, foreign):
    """No look at tickets or customers while the page is waited for: the statements are the same, one by one."""

    def statements(number, phone):
        browser = Client()
        with CaptureQueriesContext(connection) as caught:
            browser.post(FOLLOW, {"number": number, "phone": phone})
        # Savepoints have names that are never the same twice; what is locked is the number that was typed.
        starts = (" ".join(query["sql"].split()[:4]).split('"s')[0] for query in caught.captured_queries)
        return [re.sub(r"xact_lock\(.*", "xact_lock(", start) for start in starts]

    statements("K-1001", "01100005555")  # what is asked once per process is asked
    real = statements("K-1001", PHONE)
    assert any("portal_followrequest" in line for line in real)
    for number, phone in absent_pairs():
        assert statements(number, phone) == real
    looked = [line for line in real if "tickets_ticket" in line or "customers_" in line]
    assert looked == []


def test_medians_of_answers_for_existing_and_absent_pairs_agree(ticket, monkeypatch):
    """B79: within a tenth, over the median; measured in turns, and a busy machine gets three chances."""
    monkeypatch.setattr(following, "MOST_PER_NUMBER", 10_000)
    monkeypatch.setattr(following, "MOST_PER_ADDRESS", 10_000)

    def median_ratio():
        taken = {"K-1001": [], "K-9999": []}
        for _round in range(50):
            for number, times in taken.items():
                browser = Client()
                begin = time.perf_counter()
                browser.post(FOLLOW, {"number": number, "phone": PHONE})
                times.append(time.perf_counter() - begin)
        real, absent = (statistics.median(times) for times in taken.values())
        return abs(real - absent) / max(real, absent)

    assert min(median_ratio() for _try in range(3)) < 0.10


def test_right_guess_for_a_pair_that_does_not_exist_opens_nothing(browser, ticket, monkeypatch):
    """Even whoever knew what an absent pair is compared with would get nowhere."""
    ask(browser, "K-9999", PHONE)
    request = FollowRequest.objects.get()
    assert (request.ticket, request.code_hash, request.looked_at is not None) == (None, "", True)
    assert browser.post(CODE, {"code": "123456"}).status_code == 422
    assert OPEN not in browser.cookies


# Wrong, old, used, too often


def refused(response):
    return response.status_code == 422 and "not right, or has run out" in response.content.decode()


def test_wrong_code_is_refused_and_after_five_the_right_one_too(browser, ticket):
    ask(browser, "K-1001", PHONE)
    right = told_code()
    for number in range(5):
        assert refused(browser.post(CODE, {"code": f"{(int(right) + 1 + number) % 10**6:06d}", "lang": "en"}))
    before = digest()
    assert refused(browser.post(CODE, {"code": right, "lang": "en"}))
    assert digest() == before
    assert FollowRequest.objects.get().tries == 5


def test_guessing_one_after_the_other_gets_nowhere(ticket, monkeypatch):
    """What a machine can try within an hour: three codes of five tries each, then 429 and no code to try at."""
    monkeypatch.setattr(following, "new_code", lambda: "999999")
    from halkhata.doors.portal.services import telling

    monkeypatch.setattr(telling, "new_code", lambda: "999999")
    tried, answers, guess = 0, [], 0
    for _browser in range(6):
        browser = Client()
        asked = ask(browser, "K-1001", PHONE)
        answers.append(asked.status_code)
        for _try in range(20):
            response = browser.post(CODE, {"code": f"{guess:06d}"})
            assert OPEN not in browser.cookies
            guess += 1
            tried += response.status_code == 422
    assert answers == [302, 302, 302, 429, 429, 429]
    assert sum(FollowRequest.objects.values_list("tries", flat=True)) == 15


def test_code_runs_out_after_ten_minutes(browser, ticket):
    ask(browser, "K-1001", PHONE)
    code = told_code()
    with moved_to(now() + timedelta(minutes=10, seconds=1)):
        before = digest()
        assert refused(browser.post(CODE, {"code": code, "lang": "en"}))
        assert digest() == before
    assert browser.post(CODE, {"code": code}).status_code == 302


def test_code_works_once(browser, ticket):
    ask(browser, "K-1001", PHONE)
    code, asked = told_code(), browser.cookies[ASKED].value
    assert browser.post(CODE, {"code": code}).status_code == 302
    twin = Client()
    twin.cookies[ASKED] = asked
    before = digest()
    assert refused(twin.post(CODE, {"code": code, "lang": "en"}))
    assert digest() == before
    assert TextMessage.objects.get(channel="sms").state == "withdrawn"


def test_code_works_only_in_the_browser_that_asked(browser, ticket):
    ask(browser, "K-1001", PHONE)
    code = told_code()
    thief = Client()
    assert refused(thief.post(CODE, {"code": code, "lang": "en"}))
    ask(thief, "K-1001", OTHER_PHONE)
    assert refused(thief.post(CODE, {"code": code, "lang": "en"}))
    assert browser.post(CODE, {"code": code}).status_code == 302


def test_code_for_one_ticket_is_none_for_another(browser, ticket, foreign):
    """One's own valid code with somebody else's number: the same as a number that does not exist."""
    ask(browser, "K-1001", PHONE)
    own = told_code()
    with moved_to(now() + timedelta(minutes=2)):
        pages = []
        for number in (foreign.number, "K-9999"):
            thief = Client()
            thief.post(FOLLOW, {"number": number, "phone": PHONE})
            pages.append(normal(thief.post(CODE, {"code": own, "lang": "en"})))
        assert pages[0] == pages[1]
        assert pages[0][0] == 422


def test_newest_code_is_the_one_that_works_and_the_next_may_be_asked_after_a_minute(browser, ticket):
    ask(browser, "K-1001", PHONE)
    first = told_code()
    before = digest()
    early = browser.post("/c/follow/code/again/", {})
    assert early.status_code == 429
    assert 0 < int(early.headers["Retry-After"]) <= 60
    assert digest() == before
    with moved_to(now() + timedelta(seconds=61)):
        assert browser.post("/c/follow/code/again/", {}).headers["Location"] == f"{CODE}?said=again"
        for request in FollowRequest.objects.filter(looked_at__isnull=True):
            look_and_tell(request.pk)
        second = told_code()
        if first != second:
            assert refused(browser.post(CODE, {"code": first, "lang": "en"}))
        assert browser.post(CODE, {"code": second}).status_code == 302


def test_hundred_askings_for_one_number_prepare_three_codes(ticket, mailbox):
    """B83: whatever is asked, three an hour, with a time to come back."""
    statuses = []
    for _number in range(100):
        response = ask(Client(), "K-1001", PHONE, REMOTE_ADDR=f"10.0.0.{_number}")
        statuses.append(response.status_code)
    assert statuses == [302] * 3 + [429] * 97
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    assert TextMessage.objects.filter(channel="email").count() == 3
    assert TextMessage.objects.filter(channel="sms").count() == 3
    with moved_to(now() + timedelta(minutes=61)):
        assert ask(Client(), "K-1001", PHONE).status_code == 302


def test_one_network_address_may_ask_thirty_times_an_hour(ticket):
    statuses = [ask(Client(), "K-1001", f"011000{number:05d}").status_code for number in range(32)]
    assert statuses == [302] * 30 + [429] * 2
    assert ask(Client(), "K-1001", "01100077777", REMOTE_ADDR="10.9.9.9").status_code == 302


@pytest.mark.parametrize(("number", "phone", "field"), [
    ("", PHONE, "number"), ("hello", PHONE, "number"), ("K-1001", "", "phone"), ("K-1001", "12", "phone"),
])  # fmt: skip
def test_what_is_no_number_is_marked_at_its_field_and_changes_nothing(browser, ticket, number, phone, field):
    before = digest()
    page = browser.post(FOLLOW, {"number": number, "phone": phone, "lang": "en"})
    assert page.status_code == 422
    assert f'id="id_{field}_error"' in page.content.decode()
    assert digest() == before


# Two at once


def both_at_once(browser_id, code, opener, monkeypatch):
    """Two bring the right code at the same moment; how many sessions were opened."""
    gate, opened = threading.Barrier(2), []

    def meeting(pk, session):
        gate.wait(timeout=10)
        return opener(pk, session)

    monkeypatch.setattr(following, "_open_session", meeting)

    def one():
        try:
            opened.append(use_code(browser=browser_id, typed=code)[1])
        except following.DomainError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return len(opened)


def careless_opener():
    """The twin: looks, waits, then writes without asking again."""
    gate = threading.Barrier(2)

    def opener(pk, session):
        unused = FollowRequest.objects.filter(pk=pk, used_at__isnull=True).exists()
        gate.wait(timeout=10)
        if unused:
            FollowRequest.objects.filter(pk=pk).update(used_at=now(), session_hash=hash_of(session, "session"))
        return unused

    return opener


@pytest.mark.django_db(transaction=True)
def test_two_who_use_one_code_at_once_get_one_session(browser, ticket, monkeypatch):
    ask(browser, "K-1001", PHONE)
    browser_id = signing.loads(browser.cookies[ASKED].value, salt=f"halkhata.portal.{ASKED}")
    # Both stand before the door with a right code: outside a transaction, so that neither waits for the other.
    monkeypatch.setattr(following.transaction, "atomic", _no_transaction)
    monkeypatch.setattr(following, "withdraw_texts", lambda causes: 0)
    monkeypatch.setattr(following, "record", lambda **values: None)
    assert both_at_once(browser_id, told_code(), following._open_session, monkeypatch) == 1


@pytest.mark.django_db(transaction=True)
def test_the_twin_without_the_guard_opens_two(browser, ticket, monkeypatch):
    ask(browser, "K-1001", PHONE)
    browser_id = signing.loads(browser.cookies[ASKED].value, salt=f"halkhata.portal.{ASKED}")
    monkeypatch.setattr(following.transaction, "atomic", _no_transaction)
    monkeypatch.setattr(following, "withdraw_texts", lambda causes: 0)
    monkeypatch.setattr(following, "record", lambda **values: None)
    assert both_at_once(browser_id, told_code(), careless_opener(), monkeypatch) == 2


class _no_transaction:
    def __enter__(self):
        return self

    def __exit__(self, *raised):
        return False


def many_tries(pk, take, count=12):
    gate, through = threading.Barrier(count), []

    def one():
        gate.wait(timeout=10)
        if take(pk, gate):
            through.append(1)
        connection.close()

    threads = [threading.Thread(target=one) for _one in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return len(through)


def careless_try(pk, gate):
    tries = FollowRequest.objects.values_list("tries", flat=True).get(pk=pk)
    gate.wait(timeout=10)
    if tries >= following.MOST_TRIES:
        return False
    FollowRequest.objects.filter(pk=pk).update(tries=tries + 1)
    return True


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_five_are_looked_at_and_without_the_guard_all(browser, ticket):
    ask(browser, "K-1001", PHONE)
    pk = FollowRequest.objects.get().pk
    assert many_tries(pk, lambda pk, _gate: following._take_try(pk)) == 5
    FollowRequest.objects.update(tries=0)
    assert many_tries(pk, careless_try) == 12


# The half hour


def test_session_ends_after_half_an_hour(browser, ticket):
    enter(browser, "K-1001", PHONE)
    assert browser.get("/c/t/K-1001/").status_code == 200
    with moved_to(now() + timedelta(minutes=30, seconds=1)):
        over = browser.get("/c/t/K-1001/")
        assert over.headers["Location"] == "/c/follow/?number=K-1001&said=over"


def test_session_opens_ones_own_tickets_and_no_others(browser, ticket, foreign, shop, customer):
    from halkhata.doors.portal.tests.conftest import _ticket

    second = _ticket(shop, customer, "The oven as well")
    enter(browser, "K-1001", PHONE)
    page = browser.get("/c/t/K-1001/?lang=en").content.decode()
    assert second.number in page
    assert "secret fan" not in page
    assert browser.get(f"/c/t/{second.number}/").status_code == 200
    before = digest()
    answers = [normal(browser.get(f"/c/t/{number}/?lang=en")) for number in (foreign.number, "K-9999", "nonsense")]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 404
    for path in ("message/", "survey/", "file/1/"):
        post = [normal(browser.post(f"/c/t/{number}/{path}", {"text": "x", "lang": "en"}))
                for number in (foreign.number, "K-9999")]  # fmt: skip
        assert post[0] == post[1]
    assert digest() == before


def test_session_ends_with_the_phone_number_and_with_leaving(browser, ticket, customer):
    enter(browser, "K-1001", PHONE)
    kept = browser.cookies[OPEN].value
    assert browser.post("/c/follow/end/").headers["Location"] == "/c/"
    browser.cookies[OPEN] = kept
    assert browser.get("/c/t/K-1001/").status_code == 302
    with moved_to(now() + timedelta(minutes=2)):
        browser = Client()
        enter(browser, "K-1001", PHONE)
        assert browser.get("/c/t/K-1001/").status_code == 200
        customer.contact_points.filter(kind="phone").delete()
        assert browser.get("/c/t/K-1001/").status_code == 302


def test_cookies_of_other_purposes_and_forged_ones_open_nothing(browser, ticket):
    ask(browser, "K-1001", PHONE)
    asked = browser.cookies[ASKED].value
    browser.post(CODE, {"code": told_code()})
    opened = browser.cookies[OPEN].value
    for value in (asked, signing.dumps("x", salt="else"), opened[:-1] + ("A" if opened[-1] != "A" else "B"), "", "1"):
        thief = Client()
        thief.cookies[OPEN] = value
        assert thief.get("/c/t/K-1001/").status_code == 302
    # The session is none of the asking browser's: what was known before the code opens nothing after it.
    thief = Client()
    thief.cookies[ASKED] = asked
    assert thief.get("/c/t/K-1001/").status_code == 302


def test_cookies_are_for_the_customers_pages_alone(browser, ticket, settings):
    settings.SESSION_COOKIE_SECURE = True
    ask(browser, "K-1001", PHONE)
    opened = browser.post(CODE, {"code": told_code()})
    cookie = opened.cookies[OPEN]
    assert (cookie["path"], cookie["httponly"], cookie["secure"], cookie["samesite"]) == ("/c/", True, True, "Lax")
    assert cookie["max-age"] == 1800
    assert "sessionid" not in browser.cookies


STAFF_DOORS = ["/", "/tickets/K-1001/", "/customers/", "/work/queue/", "/messages/texts/", "/settings/", "/files/1/x",
               "/search/?q=K-1001", "/api/v1/tickets/", "/live/"]  # fmt: skip


def test_customers_session_opens_no_staff_door(browser, ticket):
    enter(browser, "K-1001", PHONE)
    before = digest()
    for path in STAFF_DOORS:
        response = browser.get(path)
        assert response.status_code in {204, 302, 401, 403, 404}, path
        assert "/sign-in/" in response.headers.get("Location", "/sign-in/")
        assert b"fridge" not in response.content
    assert digest() == before


def test_staff_sign_in_and_api_key_open_no_customers_page(ticket, shop, client_as):
    client = client_as(shop.owner)
    assert client.get("/c/t/K-1001/").status_code == 302
    assert client.get("/c/t/K-1001/file/1/").status_code == 302
    assert Client(headers={"Authorization": "Bearer hk_anything"}).get("/c/t/K-1001/").status_code == 302


def test_forms_without_their_token_are_refused_and_change_nothing(ticket):
    strict = Client(enforce_csrf_checks=True)
    strict.get(FOLLOW)
    before = digest()
    for path in (FOLLOW, CODE, "/c/follow/code/again/", "/c/follow/end/", "/c/t/K-1001/message/"):
        assert strict.post(path, {"number": "K-1001", "phone": PHONE}).status_code == 403
    assert digest() == before


def test_job_that_runs_twice_prepares_one_code(browser, ticket):
    ask(browser, "K-1001", PHONE)
    request = FollowRequest.objects.get()
    kept = request.code_hash
    assert look_and_tell(request.pk) is False
    request.refresh_from_db()
    assert (request.code_hash, TextMessage.objects.count()) == (kept, 1)
    assert set(TextMessage.objects.values_list("cause", flat=True)) <= set(causes_of(request.pk))


def test_merged_customers_number_still_opens_the_survivors_tickets(browser, ticket, customer, shop):
    from halkhata.records.customers.models import Customer
    from halkhata.records.customers.services.customers import create_customer

    survivor = create_customer(actor=shop.agent, name_en="Rahima Begum", phones=["01100000049"], branch=shop.branch)
    Customer.objects.filter(pk=customer.pk).update(merged_into=survivor)
    enter(browser, "K-1001", PHONE)
    assert browser.get("/c/t/K-1001/").status_code == 200


def test_askings_are_forgotten_after_a_day_and_ended_by_a_restore(browser, ticket):
    enter(browser, "K-1001", PHONE)
    assert forget_old_requests() == 0
    assert end_all_after_restore(now()) == 1
    assert browser.get("/c/t/K-1001/").status_code == 302
    with moved_to(now() + timedelta(hours=25)):
        assert forget_old_requests() >= 1
    assert not FollowRequest.objects.exists()


@pytest.mark.parametrize("path", ["/c/", FOLLOW, "/c/poster/", "/c/follow/code/"])
def test_public_pages_are_not_kept_not_listed_and_need_no_script(browser, ticket, path):
    ask(browser, "K-1001", PHONE)
    page = browser.get(path)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "<script" not in page.content.decode()
    assert len(page.content) < 20_000
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
