"""A customer asks for a return with serial number, phone and code; strangers get nowhere and learn nothing."""

from datetime import timedelta

import pytest
from django.test import Client

from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.tests.conftest import ask, make_desk, sell
from halkhata.desks.returns.tracking import tracking_token
from halkhata.doors.portal.models import ReturnAsking
from halkhata.doors.portal.services.returning import drop_unconfirmed, look_for_return
from halkhata.doors.portal.tests.following import told_code
from halkhata.engines.messaging.models import TextMessage
from halkhata.foundation.core.clock import moved_to, now

pytestmark = pytest.mark.django_db
NEW, CODE, PHONE = "/c/returns/new/", "/c/returns/code/", "01100000031"


@pytest.fixture
def desk(shop):
    return make_desk(shop)


def send(browser, number="F-0001", phone=PHONE, **values):
    answer = browser.post(NEW, {"number": number, "phone": phone, "reason_code": "defect", "note": "No cold",
                                "lang": "en", **values})  # fmt: skip
    for asking in ReturnAsking.objects.filter(looked_at__isnull=True):
        look_for_return(asking.pk)
    return answer


def test_number_phone_and_code_lead_to_the_own_return(desk, client):
    sell(desk)
    assert send(client)["Location"] == CODE
    answer = client.post(CODE, {"code": told_code(), "lang": "en"})
    request = ReturnRequest.objects.get()
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
    assert (request.stage, request.note, request.channel) == ("requested", "No cold", "web_form")
    assert ReturnAsking.objects.get().sealed_form == ""


@pytest.mark.parametrize(("number", "phone"), [("F-0001", "01100000099"), ("X-0001", PHONE), ("X-1", "01100000099")])
def test_a_pair_that_does_not_belong_together_answers_alike_and_opens_nothing(desk, client, number, phone):
    sell(desk)
    good, bad = Client(), client
    said = send(good)
    told = TextMessage.objects.count()
    answer = send(bad, number=number, phone=phone)
    assert (answer.status_code, answer["Location"]) == (said.status_code, said["Location"])
    pages = [one.get(CODE + "?lang=en").content.split(b"csrfmiddlewaretoken")[0] for one in (good, bad)]
    assert pages[0] == pages[1]
    assert TextMessage.objects.count() == told
    assert ReturnRequest.objects.count() == 1
    assert bad.post(CODE, {"code": told_code()}).status_code == 422


def test_a_code_is_good_once_for_five_tries_in_its_own_browser(desk, client):
    sell(desk)
    send(client)
    code = told_code()
    wrong = "000000" if code != "000000" else "111111"
    assert Client().post(CODE, {"code": code}).status_code == 422
    for _try in range(5):
        assert client.post(CODE, {"code": wrong}).status_code == 422
    assert client.post(CODE, {"code": code}).status_code == 422
    assert ReturnAsking.objects.get().used_at is None


def test_a_used_code_is_worth_nothing(desk, client):
    sell(desk)
    send(client)
    code = told_code()
    browser_cookies = dict(client.cookies)
    assert client.post(CODE, {"code": code}).status_code == 302
    client.cookies.update(browser_cookies)
    assert client.post(CODE, {"code": code}).status_code == 422


def test_three_askings_an_hour_for_one_number(desk):
    sell(desk)
    answers = [send(Client()).status_code for _turn in range(4)]
    assert answers == [302, 302, 302, 429]


def test_what_is_open_already_is_shown_and_not_opened_twice(desk, client):
    request = ask(desk, sell(desk))
    send(client)
    answer = client.post(CODE, {"code": told_code()})
    assert ReturnRequest.objects.count() == 1
    assert tracking_token(request).split(":")[0] == answer["Location"].split("/")[3].split(":")[0]


def test_an_expired_window_is_taken_down_for_a_manager(desk, client):
    sell(desk, days_ago=30)
    send(client)
    assert not ReturnRequest.objects.get().is_eligible


def test_a_return_whose_code_nobody_brought_is_withdrawn(desk, client):
    sell(desk)
    send(client)
    assert drop_unconfirmed() == 0
    with moved_to(now() + timedelta(hours=2)):
        assert drop_unconfirmed() == 1
    request = ReturnRequest.objects.get()
    assert (request.stage, request.result) == ("closed", "withdrawn")


def test_a_confirmed_return_stays(desk, client):
    sell(desk)
    send(client)
    client.post(CODE, {"code": told_code()})
    with moved_to(now() + timedelta(hours=2)):
        drop_unconfirmed()
    assert ReturnRequest.objects.get().stage == "requested"


@pytest.mark.parametrize(
    "values", [{"number": ""}, {"phone": "12"}, {"phone": ""}, {"reason_code": "boredom"}, {"number": "---"}]
)
def test_nonsense_is_refused_at_its_field(desk, client, values):
    sell(desk)
    assert send(client, **values).status_code == 422
    assert not ReturnAsking.objects.exists()
