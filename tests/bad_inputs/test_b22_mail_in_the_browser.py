"""B22, B33, B34: every attack by mail, shown in Chromium: nothing runs, nothing is asked of another host.

The sanitiser's own test (halkhata/engines/messaging/tests/test_html.py) reads what it leaves; here a browser does, in
frames without the sandbox that the ticket page puts around them, so that the sanitiser and the policy stand alone.
"""

import re

import pytest
from django.urls import reverse

from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.mime.html.to_text import html_to_text
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.messaging.tests.test_html import VECTORS
from halkhata.foundation.core.clock import now
from tests.bad_inputs.hostile import Looker

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database, pytest.mark.django_db]


@pytest.fixture
def mails(records):
    ticket = records.own["ticket"]
    conversation = conversation_of(ticket)
    rows = [
        Message(
            conversation=conversation, direction=Direction.INBOUND, channel="email", at=now(), subject=vector[:200],
            text=html_to_text(vector) or vector, full_text=vector, raw_html=vector, author_label=vector[:100],
            from_address="here@example.com",
        )
        for vector in VECTORS
    ]  # fmt: skip
    return Message.objects.bulk_create(rows)


def test_no_attack_runs_or_calls_out_from_its_original(records, as_role, mails, new_page):
    looker = Looker(new_page(), as_role("complaint_officer"))
    looker.go("/me/")
    frames = "".join(f'<iframe src="{reverse("messaging:original", args=[mail.pk])}"></iframe>' for mail in mails)
    looker.page.evaluate("html => { document.body.innerHTML = html }", frames)
    looker.page.wait_for_function(
        "count => [...document.querySelectorAll('iframe')].filter(f => f.contentDocument?.readyState === 'complete')"
        ".length === count",
        arg=len(mails),
        timeout=60_000,
    )
    looker.page.wait_for_timeout(300)
    assert len(mails) >= 120
    assert looker.dialogs == []
    assert looker.abroad == []
    left = looker.page.evaluate(
        "[...document.querySelectorAll('iframe')].flatMap(f => [...f.contentDocument.querySelectorAll("
        "'script,svg,math,form,input,object,embed,iframe,style:not([nonce]),link[rel=import],base,meta[http-equiv]')]"
        ".map(e => e.outerHTML)).filter(h => !h.startsWith('<style>/*'))"
    )
    assert [one for one in left if re.search(r"evil|alert|javascript:", one)] == []


def test_no_attack_runs_or_calls_out_from_the_ticket_the_print_the_search_and_the_timeline(
    records, as_role, mails, new_page
):
    looker = Looker(new_page(), as_role("complaint_officer"))
    number, customer = records.own["ticket"].number, records.own["customer"].pk
    for path in (f"/tickets/{number}/", f"/tickets/{number}/print/", "/search/?q=onerror", f"/customers/{customer}/"):
        looker.go(path)
        looker.page.wait_for_timeout(200)
        assert (
            looker.page.evaluate("document.querySelectorAll('main script, main svg[onload], main [onerror]').length")
            == 0
        )
    assert looker.dialogs == []
    assert looker.abroad == []


def test_twin_without_sanitiser_and_policy_is_seen_to_run_and_to_call_out(records, as_role, new_page):
    """The looking itself works: an attack that nobody stops is noticed."""
    looker = Looker(new_page(), as_role("complaint_officer"))
    looker.page.set_content("<img src=http://evil.test/x onerror=alert(1)>")
    looker.page.wait_for_timeout(300)
    assert looker.dialogs == ["1"]
    assert looker.abroad == ["http://evil.test/x"]
