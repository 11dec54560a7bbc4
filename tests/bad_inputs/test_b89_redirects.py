"""B60 and B89: where a form leads on to is this site, whatever it was told; no line break reaches a header."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

ELSEWHERE = [
    "//evil.test", "/\\evil.test", "\\\\evil.test", "https:evil.test", "https:///evil.test", "%09//evil.test",
    "\t//evil.test", "javascript:alert(1)", "data:text/html,x", "http://testserver@evil.test/", "///evil.test",
    "https://testserver.evil.test/", "/\r\nSet-Cookie: a=b", "//evil.test%2f..", "\x00//evil.test", "//[evil.test",
]  # fmt: skip


def leads_here(answer):
    """Whether a browser stays on this site: it drops tabs and line breaks, and reads a backslash as a slash."""
    target = answer.headers.get("Location", "/")
    read = target.replace("\t", "").replace("\\", "/").strip()
    return (
        urlsplit(urljoin("http://testserver/sign-in/", read)).netloc == "testserver"
        and urlsplit(read).scheme in {"", "http"}
        and not {"\r", "\n"} & set(target)
        and "Set-Cookie: a" not in str(answer.headers)
    )


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_form_leads_to_another_site(records, as_role, target):
    owner = records.people["owner"]
    stranger = Client()
    signed = {"username": owner.username, "password": "nine plain words"}
    answers = {
        "sign in": stranger.post("/sign-in/", {**signed, "next": target}),
        "language": as_role("owner").post("/language/", {"language": "en", "next": target}),
        "confirm": as_role("owner").post("/me/confirm/", {"password": "nine plain words", "next": target}),
        "bulk": as_role("owner").post("/work/queue/assignment/", {"query": target}),
        "view": as_role("owner").post("/work/queue/views/", {"name": "x", "query": target}),
    }
    assert {name: answer.headers.get("Location") for name, answer in answers.items() if not leads_here(answer)} == {}
    for name in ("sign in", "language", "confirm"):
        assert answers[name].status_code in {204, 302}, name


@pytest.mark.parametrize("target", ["//evil.test/", "//evil.test", "/\\evil.test/"])
def test_address_that_looks_like_a_host_is_not_led_on_to(records, as_role, target):
    answer = as_role("owner").get("/", PATH_INFO=target)
    assert leads_here(answer)
    assert answer.status_code in {301, 302, 404}


def test_referer_of_another_site_is_never_gone_back_to(records, as_role):
    answer = as_role("team_lead").post(
        "/work/queue/assignment/", {"item": [records.own["ticket"].pk], "owner": "999999"},
        headers={"referer": "https://evil.test/"},
    )  # fmt: skip
    assert leads_here(answer)
