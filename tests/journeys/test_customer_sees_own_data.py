"""A customer sees, takes along and changes what is kept about them, in a real browser without any script (US-56)."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.test_customer_follows_a_complaint import looks_right, press
from tests.support.fixtures_process import LiveApp, wait_until

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]

PHONE = "০১১০০ ০০০ ০৭১"
SET_UP = """
from tests.support.fixtures_shop import make_shop
from halkhata.records.customers.services.customers import create_customer
shop = make_shop()
create_customer(actor=shop.owner, name_bn="রহিমা", phones=["01100000071"], branch=shop.branch)
"""
TELL = """
import re
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.texts import words_of
from halkhata.foundation.core.text import fold_digits
for message in TextMessage.objects.filter(purpose="code", state="prepared").order_by("-pk")[:1]:
    print(re.search("[0-9]{6}", fold_digits(words_of(message))).group())
"""
FACTS = """
import json
from halkhata.records.privacy.models import ConsentEvent, DataRequest
print(json.dumps({"requests": dict(DataRequest.objects.values_list("kind", "state")),
                  "acts": list(ConsentEvent.objects.values_list("purpose", "channel", "act"))}))
"""


def test_customer_takes_the_copy_along_changes_consents_and_asks_for_erasure(
    make_app: Any, new_page: Any, tmp_path: Path
) -> None:
    app: LiveApp = make_app()
    app.shell(SET_UP)
    app.start()
    page = new_page(width=390, height=844, language="bn", javascript=False)
    page.goto(f"{app.base_url}/c/?lang=bn")
    page.locator("a[href^='/c/data/']").first.click()
    assert page.url.startswith(f"{app.base_url}/c/data/enter/")
    trouble = looks_right(page, app, "enter")
    page.locator("[name=phone]").fill(PHONE)
    press(page, "form")
    wait_until(lambda: app.shell(TELL).strip(), seconds=30, what="the code")
    page.locator("[name=code]").fill(app.shell(TELL).strip())
    press(page, "form")
    assert page.url == f"{app.base_url}/c/data/"
    trouble += looks_right(page, app, "own data")

    # The copy: the page looks again by itself until it is there.
    press(page, "form[action='/c/data/copy/']")
    page.locator("a[href='/c/data/copy/']").wait_for(timeout=40_000)
    trouble += looks_right(page, app, "copy")
    with page.expect_download() as caught:
        page.locator("a[href='/c/data/copy/']").click()
    path = tmp_path / "copy.zip"
    caught.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        tables = json.loads(archive.read("data.json"))["tables"]
        assert "csv/customers.customer.csv" in archive.namelist()
    assert tables["customers.customer"][0]["name_bn"] == "রহিমা"

    # Consents, and a request with its receipt.
    page.locator("[name=agreed][value='marketing:sms']").check()
    page.locator("[name=agreed][value='survey:phone']").uncheck()
    press(page, "form[action='/c/data/consents/']")
    assert page.locator("[name=agreed][value='marketing:sms']").is_checked()
    page.locator("[name=kind]").select_option("erasure")
    press(page, "form[action='/c/data/']")
    assert page.locator("[role=status] strong").is_visible()
    trouble += looks_right(page, app, "receipt")
    facts = json.loads(app.shell(FACTS).strip().splitlines()[-1])
    assert facts["requests"] == {"access": "done", "erasure": "open"}
    assert sorted(facts["acts"]) == [["marketing", "sms", "granted"], ["survey", "phone", "withdrawn"]]
    press(page, "form[action='/c/follow/end/']")
    page.goto(f"{app.base_url}/c/data/copy/")
    assert page.url.startswith(f"{app.base_url}/c/data/enter/")
    assert trouble == []
