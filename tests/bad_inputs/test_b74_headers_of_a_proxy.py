"""B74 and B76: who somebody is, from where, and under which name we are reached: no visitor's header decides it."""

import pytest
from django.test import Client

from halkhata.foundation.accounts.services.lock_out import NAME_LIMIT

IDENTITY = ["X-Remote-User", "Remote-User", "X-Forwarded-User", "X-Auth-Request-User", "X-User", "X-WEBAUTH-USER"]


@pytest.mark.parametrize("name", IDENTITY)
def test_header_that_names_a_user_signs_nobody_in(records, name):
    owner = records.people["owner"].username
    assert Client(headers={name: owner}).get("/customers/").status_code == 302
    assert Client(headers={name: owner}).get("/api/v1/customers").status_code == 401


def test_remote_user_of_the_server_signs_nobody_in(records):
    assert Client(REMOTE_USER=records.people["owner"].username).get("/customers/").status_code == 302


def test_changing_x_forwarded_for_gives_no_more_tries(records):
    name = records.people["owner"].username
    for number in range(NAME_LIMIT + 1):
        spoofed = {"x-forwarded-for": f"203.0.113.{number}", "x-real-ip": f"203.0.113.{number}"}
        Client(headers=spoofed).post("/sign-in/", {"username": name, "password": "wrong"})
    answer = Client().post("/sign-in/", {"username": name, "password": "nine plain words"})
    assert answer.status_code != 302
    assert "_auth_user_id" not in answer.client.session


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded"])
def test_header_that_names_a_host_or_a_path_is_not_read(records, as_role, name):
    client = as_role("owner")
    value = "host=evil.test" if name == "Forwarded" else "evil.test" if "Host" in name else "/settings/users/"
    answer = client.get("/me/", headers={name: value})
    assert b"evil.test" not in answer.content
    assert client.get("/customers/", headers={name: value}).content.count(b"/settings/users/new/") == 0


def test_forwarded_proto_makes_no_secure_page_of_a_plain_one(settings):
    from django.test import RequestFactory

    request = RequestFactory().get("/", headers={"x-forwarded-proto": "https"})
    assert settings.SECURE_PROXY_SSL_HEADER is None
    assert not request.is_secure()
    assert settings.USE_X_FORWARDED_HOST is False
