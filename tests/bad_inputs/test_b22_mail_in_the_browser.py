"""B22, B33, B34: every attack by mail, shown in Chromium: nothing runs, nothing is asked of another host.

The sanitiser's own test (halkhata/engines/messaging/tests/test_html.py) reads what it leaves; here a browser does, in
frames without the sandbox that the ticket page puts around them, so that the sanitiser and the policy stand alone.
"""

import pytest
from django.urls import reverse

from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.mime.html.to_text import html_to_text
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.messaging.tests.test_html import VECTORS
from halkhata.foundation.core.clock import now
from tests.bad_inputs.hostile import Looker

MORE = [
    "<video src=//evil.test/v poster=//evil.test/p onerror=alert(1)><source src=//evil.test/s></video>",
    "<audio src=//evil.test/a autoplay onplay=alert(1)>",
    "<picture><source srcset=//evil.test/s><img src=//evil.test/i></picture>",
    "<input type=image src=//evil.test/i onerror=alert(1)>",
    "<isindex action=javascript:alert(1) type=image>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<details open ontoggle=alert(1)>x</details>",
    "<select autofocus onfocus=alert(1)><option>x</select>",
    "<textarea autofocus onfocus=alert(1)>",
    "<keygen autofocus onfocus=alert(1)>",
    "<body onpageshow=alert(1)><p>x",
    "<frameset onload=alert(1)><frame src=//evil.test></frameset>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<iframe src='javascript:parent.alert(1)'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='//evil.test/x.swf'>",
    "<applet code=x archive=//evil.test/x.jar></applet>",
    "<link rel=preload as=image href=//evil.test/i>",
    "<link rel=dns-prefetch href=//evil.test>",
    "<link rel=prefetch href=http://evil.test/x>",
    "<p style='background-image:image-set(url(//evil.test/x) 1x)'>x</p>",
    "<p style='list-style:url(//evil.test/x)'>x</p>",
    "<p style='cursor:url(//evil.test/x),auto'>x</p>",
    "<style>@font-face{font-family:x;src:url(//evil.test/f)}p{font-family:x}</style><p>x</p>",
    "<svg><foreignObject><iframe src=//evil.test></iframe></foreignObject></svg>",
    "<svg><set attributeName=href to=javascript:alert(1)><a><text>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "<svg><feImage xlink:href=//evil.test/f /></svg>",
    "<math><maction actiontype=statusline xlink:href=javascript:alert(1)>x</maction></math>",
    "<table><caption><svg><title><style><img src=x onerror=alert(1)></style></title></svg></caption></table>",
    "<noembed><img title='</noembed><img src=x onerror=alert(1)>'></noembed>",
    "<xmp><img title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[><img src=x onerror=alert(1)>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?><p>x</p>",
    "<a href='http://ok.test' style='position:fixed;inset:0'>x</a>",
]

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
        for vector in [*VECTORS, *MORE]
    ]  # fmt: skip
    return Message.objects.bulk_create(rows)


def test_no_attack_runs_or_calls_out_from_its_original(records, as_role, mails, new_page):
    looker = Looker(new_page(), as_role("complaint_officer"))
    looker.go("/me/")
    frames = "".join(f'<iframe src="{reverse("messaging:original", args=[mail.pk])}"></iframe>' for mail in mails)
    looker.page.evaluate("html => { document.body.innerHTML = html }", frames)
    # The answers carry a policy with ``sandbox``: the frames are strangers to the page, so their answers are counted.
    for _turn in range(600):
        if len(looker.answered) > len(mails):
            break
        looker.page.wait_for_timeout(100)
    looker.page.wait_for_timeout(500)
    assert len(mails) >= 120
    assert len(looker.page.frames) > len(mails)
    assert sum(path.endswith("/original/") for path in looker.answered) == len(mails)
    assert looker.dialogs == []
    assert looker.abroad == []


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
