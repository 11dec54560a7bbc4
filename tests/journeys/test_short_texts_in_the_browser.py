"""Short texts in a real browser: the meter follows the typing, counts without scripts, and the pages fit and are
accessible in both languages, light and dark."""

from typing import Any

import pytest

from tests.journeys.test_every_page_in_the_browser import faults_of, sign_in, sign_ins
from tests.support.fixtures_process import LiveApp

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]

ROWS = """
import json
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo
from halkhata.engines.messaging.services.texting_settings import save_short_text, save_texting
from halkhata.engines.messaging.services.texts import prepare_text
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import moved_to
from halkhata.records.privacy.services.consents import record_consent
owner = User.objects.get(username=%r)
save_texting(actor=owner, price=Decimal("0.35"), sender_name="PADMA")
row = save_short_text(actor=owner, row=None, name="Eid", purpose="offer", language="bn", text="ঈদে সব ফ্যানে ছাড়")
busy = WorkItem.objects.exclude(state_flag="resolved").filter(customer__isnull=False).values("customer")
item = WorkItem.objects.filter(customer__contact_points__kind="phone", kind="complaint").exclude(customer__in=busy)
item = item.order_by("-pk").first()
phone = item.customer.contact_points.filter(kind="phone").first().value
record_consent(actor=owner, customer=item.customer, purpose="marketing", channel="sms", act="granted", source="paper")
with moved_to(datetime(2026, 11, 23, 23, tzinfo=ZoneInfo("Asia/Dhaka"))):
    for number, text in enumerate(["ঈদে সব ফ্যানে ছাড়", "Eid offer"]):
        prepare_text(item=item, channel="sms", to_address=phone, text=text, cause=f"look:{number}", purpose="offer")
prepare_text(item=item, channel="sms", to_address=phone, text="আপনার ফ্যান তৈরি", cause="look:news")
base = "/messages/settings/sms/"
print(json.dumps({"number": item.number, "phone": phone, "paths": [
    base, base + "try/", base + "texts/", base + "texts/new/", base + f"texts/{row.pk}/",
    base + f"prayers/{owner.branch_id}/", f"/messages/items/{item.number}/text/",
    f"/privacy/customers/{item.customer_id}/hours/", "/messages/texts/", "/messages/texts/?box=held",
    "/messages/texts/?box=refused", "/messages/settings/contact/", "/messages/channels/",
]}))
"""


@pytest.fixture(scope="module")
def rows(live_demo_app: LiveApp) -> dict[str, Any]:
    """What there is to look at."""
    import json

    return json.loads(live_demo_app.shell(ROWS % sign_ins(live_demo_app)["username"]).splitlines()[-1])


@pytest.mark.parametrize("language", ["bn", "en"])
def test_pages_of_short_texts_fit_and_are_accessible(
    live_demo_app: LiveApp, new_page: Any, rows: dict[str, Any], language: str
) -> None:
    page = new_page(width=1280, language=language, dark=language == "bn")
    sign_in(page, live_demo_app, language)
    assert faults_of(page, live_demo_app, rows["paths"]) == {}
    assert page.problems == []


def test_meter_follows_the_typing(live_demo_app: LiveApp, new_page: Any, rows: dict[str, Any]) -> None:
    page = new_page(width=390, language="en")
    sign_in(page, live_demo_app, "en")
    page.goto(f"{live_demo_app.base_url}/messages/items/{rows['number']}/text/")
    assert not page.locator("[name=count]").is_visible()
    field, meter = page.locator("#id_text"), page.locator(".hk-sms")
    field.fill("a" * 161)
    assert meter.locator("[data-sms-parts]").inner_text() == "2 parts"
    assert meter.locator("[data-sms-price]").inner_text() == "Tk 0.70"
    assert "Latin letters" in meter.inner_text()
    field.fill("ক" * 70)
    assert meter.locator("[data-sms-parts]").inner_text() == "1 part"
    assert "0 more fit" in meter.inner_text()
    field.fill("ক" * 71 + "\u09af\u09bc")
    assert meter.locator("[data-sms-room]").inner_text() == "62 more fit into the last part"


def test_button_counts_without_scripts(live_demo_app: LiveApp, new_page: Any, rows: dict[str, Any]) -> None:
    page = new_page(width=390, language="en", javascript=False)
    page.goto(live_demo_app.base_url + "/sign-in/")
    owner = sign_ins(live_demo_app)
    page.locator("[name=username]").fill(owner["username"])
    page.locator("[name=password]").fill(owner["password"])
    page.locator("form:has([name=password]) button[type=submit]").click()
    page.goto(f"{live_demo_app.base_url}/messages/items/{rows['number']}/text/")
    page.locator("#id_text").fill("a" * 161)
    page.locator("[name=count]").click()
    assert page.locator("[data-sms-parts]").inner_text()[0] in "2২"
    assert page.locator("#id_text").input_value() == "a" * 161
