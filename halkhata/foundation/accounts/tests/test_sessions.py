"""Sessions: new key at sign-in, the list, ending them, limits, asking for the password again, sign-out."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import Client, RequestFactory

from halkhata.foundation.accounts.devices import device_in_words
from halkhata.foundation.accounts.models import AccessPolicy, ApiToken, Role, User
from halkhata.foundation.accounts.services.sessions import sessions_of, why_over
from halkhata.foundation.accounts.services.staff import update_staff
from halkhata.foundation.accounts.session_guard import SessionGuardMiddleware
from halkhata.foundation.core.clock import moved_to

PASSWORD = "nine plain words"
AT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def _sign_in(client: Client, name: str = "rafi"):
    return client.post("/sign-in/", {"username": name, "password": PASSWORD})


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36", "Chrome, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 13; SM-A145) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36",
         "Samsung Internet, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox, Linux"),
        ("curl/8.5", "Unknown device"),
    ],
)  # fmt: skip
def test_device_is_said_in_words(agent, words):
    assert device_in_words(agent) == words


def test_sign_in_gives_a_new_session_key_even_over_a_session_an_attacker_fixed(shop):
    client = Client()
    session = client.session
    session["planted"] = "x"
    session.save()
    fixed = session.session_key
    client.cookies["sessionid"] = fixed
    _sign_in(client)
    assert client.session.session_key != fixed
    assert "planted" not in client.session


def test_list_shows_ones_own_sessions_only_with_device_and_address(shop, client_as):
    phone = Client(HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 13) Chrome/141.0", REMOTE_ADDR="203.0.113.9")
    _sign_in(phone)
    _sign_in(Client(), "mitu")
    client = client_as(shop.agent)
    page = client.get("/me/")
    rows = [(device, one.address, one.is_this) for one, device in page.context["sessions"]]
    assert rows[0][2] is True
    assert rows[1] == ("Chrome, Android", "203.0.113.9", False)
    assert len(rows) == 2
    assert phone.session.session_key not in page.content.decode()


def test_one_session_or_all_others_can_be_ended_but_nobody_elses(shop, client_as):
    here, other, third, stranger = (client_as(shop.agent) for _ in range(3)), None, None, client_as(shop.agent2)
    here, other, third = here
    handles = {one.handle for one in sessions_of(shop.agent)}
    theirs = sessions_of(shop.agent2)[0].handle
    assert theirs not in handles
    here.post("/me/sessions/end/", {"which": theirs})
    assert stranger.get("/me/").status_code == 200
    one = next(o for o in sessions_of(shop.agent, this_key=here.session.session_key) if not o.is_this)
    here.post("/me/sessions/end/", {"which": one.handle})
    assert sorted(client.get("/me/").status_code for client in (other, third)) == [200, 302]
    here.post("/me/sessions/end/", {"which": "others"})
    assert [client.get("/me/").status_code for client in (here, other, third)] == [200, 302, 302]


def test_idle_session_ends_and_says_why(shop):
    client = Client()
    with moved_to(AT):
        _sign_in(client)
    with moved_to(AT + timedelta(hours=11, minutes=59)):
        assert client.get("/me/").status_code == 200
    with moved_to(AT + timedelta(hours=23, minutes=50)):
        assert client.get("/me/").status_code == 200
    with moved_to(AT + timedelta(hours=36)):
        assert client.get("/me/")["Location"].startswith("/sign-in/")
        client.cookies["language"] = "en"
        assert "nothing was clicked" in client.get("/sign-in/").content.decode()
        assert "nothing was clicked" not in client.get("/sign-in/").content.decode()


def test_stream_that_the_page_asks_for_itself_is_no_sign_of_life(shop):
    client = Client()
    AccessPolicy.objects.create(pk=1, idle_minutes=30)
    with moved_to(AT):
        _sign_in(client)
    with moved_to(AT + timedelta(minutes=20)):
        request = RequestFactory().get("/live/")
        request.session = SessionStore(client.session.session_key)
        SessionGuardMiddleware(lambda request: HttpResponse())(request)
        request.session.save()
    with moved_to(AT + timedelta(minutes=35)):
        assert client.get("/me/").status_code == 302


def test_session_ends_after_its_whole_time_however_busy(shop):
    AccessPolicy.objects.create(pk=1, total_hours=8)
    client = Client()
    with moved_to(AT):
        _sign_in(client)
    for hour in range(1, 8):
        with moved_to(AT + timedelta(hours=hour)):
            assert client.get("/me/").status_code == 200
    with moved_to(AT + timedelta(hours=8, minutes=6)):
        assert client.get("/me/").status_code == 302


def test_shorter_limit_holds_for_sessions_that_are_open(shop):
    client = Client()
    with moved_to(AT):
        _sign_in(client)
    AccessPolicy.objects.create(pk=1, idle_minutes=10)
    with moved_to(AT + timedelta(minutes=11)):
        assert client.get("/me/").status_code == 302


def test_limits_cost_no_query_while_somebody_clicks(shop, client_as, django_assert_num_queries):
    client = client_as(shop.agent)
    session = SessionStore(client.session.session_key)
    assert session["_auth_user_id"]
    with django_assert_num_queries(0):
        assert why_over(session) == ""


def test_another_role_ends_the_persons_sessions(shop, client_as):
    client = client_as(shop.agent)
    update_staff(actor=shop.owner, user=shop.agent, role=shop.lead.role)
    assert client.get("/me/").status_code == 302


SENSITIVE = [
    ("get", "/settings/tokens/"), ("post", "/settings/tokens/"), ("get", "/settings/roles/new/"),
    ("post", "/settings/roles/{role}/"), ("get", "/settings/users/new/"), ("post", "/settings/users/{agent}/"),
    ("post", "/settings/users/{agent}/password/"), ("post", "/settings/users/{agent}/link/"),
    ("post", "/settings/users/{agent}/leave/"), ("post", "/settings/users/{agent}/two-factor-off/"),
    ("get", "/me/two-factor/new/"), ("post", "/me/two-factor/off/"), ("post", "/me/two-factor/codes/"),
    ("get", "/settings/sign-in/"), ("post", "/settings/sign-in/"), ("get", "/settings/single-sign-on/"),
    ("post", "/settings/single-sign-on/"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), SENSITIVE)
def test_important_things_ask_for_the_password_again_after_ten_minutes(shop, method, path):
    client = Client()
    with moved_to(AT):
        _sign_in(client, "owner")
    address = path.format(role=shop.agent.role_id, agent=shop.agent.pk)
    before = (User.objects.get(pk=shop.agent.pk).password, Role.objects.count(), ApiToken.objects.count())
    with moved_to(AT + timedelta(minutes=11)):
        answer = getattr(client, method)(address, {"name": "x", "scopes": ["ticket.view"]})
        assert answer["Location"].startswith("/me/confirm/?next=")
    assert before == (User.objects.get(pk=shop.agent.pk).password, Role.objects.count(), ApiToken.objects.count())


def test_typed_password_opens_for_ten_minutes_and_leads_back_to_own_pages_only(shop):
    client = Client()
    with moved_to(AT):
        _sign_in(client, "owner")
    with moved_to(AT + timedelta(minutes=11)):
        away = client.get("/settings/tokens/")["Location"]
        wrong = client.post(away, {"password": "not this", "next": "/settings/tokens/"})
        assert "password" in wrong.context["form"].errors
        right = client.post(away, {"password": PASSWORD, "next": "/settings/tokens/"})
        assert right["Location"] == "/settings/tokens/"
        assert client.get("/settings/tokens/").status_code == 200
        elsewhere = client.post("/me/confirm/", {"password": PASSWORD, "next": "https://evil.example.com/"})
        assert elsewhere["Location"] == "/me/"
    with moved_to(AT + timedelta(minutes=22)):
        assert client.get("/settings/tokens/").status_code == 302


def test_wrong_passwords_at_the_confirmation_lock_too(shop, client_as):
    client = client_as(shop.owner)
    answers = [client.post("/me/confirm/", {"password": "wrong"}).status_code for _ in range(11)]
    assert answers[:9] == [200] * 9
    assert answers[10] == 429


def test_sign_out_tells_the_browser_to_forget(shop, client_as):
    client = client_as(shop.agent)
    answer = client.post("/sign-out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.cookies["sessionid"].value == ""
    assert sessions_of(shop.agent) == []
