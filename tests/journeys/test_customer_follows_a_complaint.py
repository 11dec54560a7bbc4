"""A customer's whole way in a real browser, in Bengali, without any script (A52.17, interface.md's customer pages)."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.journeys.test_every_page_in_the_browser import PUBLIC_KB, Weight, scrolls_sideways, violations
from tests.support.fixtures_process import LiveApp, wait_until

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]

PHONE = "০১১০০ ০০০ ০৬১"
BENGALI = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")

SET_UP = """
from tests.support.fixtures_shop import make_shop
from halkhata.desks.tickets.services.defaults import create_default_categories
make_shop()
create_default_categories()
"""
TELL = """
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.texts import words_of
from halkhata.foundation.core.text import fold_digits
import re
for message in TextMessage.objects.filter(purpose="code", state="prepared").order_by("-pk")[:1]:
    print(re.search("[0-9]{6}", fold_digits(words_of(message))).group())
"""
RESOLVE = """
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
agent = User.objects.get(username="rafi")
from halkhata.desks.tickets.models import Category
resolve_ticket(actor=agent, ticket=Ticket.objects.get(), category=Category.objects.first(),
               root_cause="workmanship", action="কম্প্রেসর বদলে দিয়েছি।",
               remedy="repaired", told_at=now(), told_how="phone")
"""
FACTS = """
import json
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.models import Message, MessageAttachment
ticket = Ticket.objects.get()
print(json.dumps({"state": ticket.state, "reopened": ticket.reopen_count, "photos": MessageAttachment.objects.count(),
                  "texts": list(Message.objects.filter(direction="in").order_by("pk").values_list("text", flat=True))}))
"""


@pytest.fixture
def shop_app(make_app: Any) -> LiveApp:
    app = make_app()
    app.shell(SET_UP)
    app.start()
    return app


def photo(folder: Path, name: str, colour: tuple[int, int, int]) -> str:
    """A photo as a phone takes it."""
    out = io.BytesIO()
    Image.effect_noise((1200, 900), 60).convert("RGB").point(lambda value: (value + colour[0]) % 256).save(
        out, "JPEG", quality=85
    )
    path = folder / name
    path.write_bytes(out.getvalue())
    return str(path)


def press(page: Any, form: str, button: str = "button[type=submit]") -> None:
    """Send a form and wait for the next page, as a browser without scripts does."""
    with page.expect_navigation():
        page.locator(f"{form} {button}").first.click()


def looks_right(page: Any, app: LiveApp, where: str) -> list[str]:
    """The page as it stands, opened once more with scripts on for the tools that look at it."""
    twin = page.context.browser.new_context(
        storage_state=page.context.storage_state(), viewport={"width": 390, "height": 844}
    )
    seen = twin.new_page()
    answer = seen.goto(page.url)
    trouble = [] if answer.status == 200 else [f"status {answer.status}"]
    trouble += violations(seen)
    if scrolls_sideways(seen) > 0:
        trouble.append(f"{scrolls_sideways(seen)} px too wide")
    foreign = seen.evaluate(
        "performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith(location.origin))"
    )
    trouble += [f"asks another site: {name}" for name in foreign]
    twin.close()
    return [f"{where}: {line}" for line in trouble]


def test_complaint_is_filed_followed_answered_and_opened_again_without_a_script(
    shop_app: LiveApp, new_page: Any, tmp_path: Path
) -> None:
    import json

    app, trouble = shop_app, []
    page = new_page(width=390, height=844, language="bn", javascript=False)
    weight, weighed = Weight(page), {}
    page.goto(f"{app.base_url}/c/?lang=bn")
    page.wait_for_timeout(300)
    weighed["entry"] = weight.take()
    assert page.locator("html").get_attribute("lang") == "bn"
    trouble += looks_right(page, app, "entry")

    # Write: first with a phone number that is none. Text and photo stay.
    page.locator("a[href^='/c/complaint/']").first.click()
    page.locator("[name=text]").fill("ফ্রিজ ঠান্ডা হয় না")
    page.locator("[name=phone]").fill("১২")
    page.locator("[name=photos]").set_input_files([photo(tmp_path, "ফ্রিজ.jpg", (10, 0, 0))])
    press(page, "form")
    assert page.locator("#id_phone_error").is_visible()
    assert page.locator("[name=text]").input_value() == "ফ্রিজ ঠান্ডা হয় না"
    assert "ফ্রিজ.jpg" in page.content()
    page.locator("[name=phone]").fill(PHONE)
    press(page, "form")
    assert "ক-১০০১" in page.content()

    # Follow: the link on the thanks page brings the number along.
    page.locator("a[href^='/c/follow/']").first.click()
    assert page.locator("[name=number]").input_value() == "ক-১০০১"
    weight.take()
    trouble += looks_right(page, app, "follow")
    page.locator("[name=number]").fill("ক-১০০১")
    page.locator("[name=phone]").fill(PHONE)
    press(page, "form[action='/c/follow/']")
    assert page.url.endswith("/c/follow/code/")
    trouble += looks_right(page, app, "code")
    wait_until(lambda: app.shell(TELL).strip(), 60, "the code was not prepared")
    page.locator("[name=code]").fill("000000".translate(BENGALI))
    press(page, "form[action='/c/follow/code/']")
    assert page.locator("#id_code_error").is_visible()
    page.locator("[name=code]").fill(app.shell(TELL).strip().translate(BENGALI))
    press(page, "form[action='/c/follow/code/']")
    assert page.url.endswith("/c/t/K-1001/")
    assert "ফ্রিজ ঠান্ডা হয় না" in page.content()
    trouble += looks_right(page, app, "ticket")

    # Answer, with two photos.
    page.locator("[name=text]").fill("রসিদের ছবি দিলাম")
    page.locator("[name=photos]").set_input_files(
        [photo(tmp_path, "রসিদ.jpg", (50, 0, 0)), photo(tmp_path, "প্লেট.jpg", (90, 0, 0))]
    )
    press(page, "#write form")
    assert page.url.endswith("?said=message")
    fresh = page.context.browser.new_context(
        storage_state=page.context.storage_state(), java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    first_visit = fresh.new_page()
    heavy = Weight(first_visit)
    first_visit.goto(f"{app.base_url}/c/t/K-1001/")
    first_visit.wait_for_timeout(700)
    weighed["ticket with three photos"] = heavy.take()
    assert first_visit.locator(".hk-pub-files img").count() == 3
    fresh.close()

    # Solved, says the shop; not for the customer.
    app.shell(RESOLVE)
    page.goto(f"{app.base_url}/c/t/K-1001/")
    assert "কম্প্রেসর বদলে দিয়েছি।" in page.content()
    trouble += looks_right(page, app, "solved")
    page.locator("[name=text]").fill("এখনো ঠান্ডা হয় না")
    press(page, "#write form", "[name=not_solved]")
    assert page.url.endswith("?said=not_solved")
    facts = json.loads(app.shell(FACTS))
    assert facts == {
        "state": "open", "reopened": 1, "photos": 3,
        "texts": ["ফ্রিজ ঠান্ডা হয় না", "রসিদের ছবি দিলাম", "এখনো ঠান্ডা হয় না"],
    }  # fmt: skip

    # Done: nobody who holds the phone next sees anything.
    press(page, "form[action='/c/follow/end/']")
    assert page.url.endswith("/c/")
    page.goto(f"{app.base_url}/c/t/K-1001/")
    assert "/c/follow/" in page.url
    assert trouble == []
    assert {where: size for where, size in weighed.items() if size > PUBLIC_KB} == {}


def test_keys_alone_lead_through_the_form_in_the_order_of_the_page(live_demo_app: LiveApp, new_page: Any) -> None:
    page = new_page(width=390, height=844, language="bn")
    page.goto(f"{live_demo_app.base_url}/c/follow/?lang=en")
    seen = []
    for _press in range(20):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.name || document.activeElement.getAttribute('href') || "
                                  "document.activeElement.type"))  # fmt: skip
        if seen[-1] == "submit":
            break
    order = [name for name in seen if name in {"#main", "number", "phone", "submit"}]
    assert order == ["#main", "number", "phone", "submit"]


def test_poster_is_one_sheet_of_a5(live_demo_app: LiveApp, new_page: Any) -> None:
    page = new_page(language="bn")
    for language in ("bn", "en"):
        page.goto(f"{live_demo_app.base_url}/c/poster/?lang={language}")
        assert page.locator(".hk-poster-code svg").is_visible()
        assert page.locator(".hk-poster-address").inner_text().endswith("/c/")
        pdf = page.pdf(prefer_css_page_size=True)
        assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type /Page/") == 1
