"""A promise for a segment, a country and a brand, in a real browser: the form, the list, and the page that says why."""

import json
from typing import Any

import pytest

from tests.journeys.test_every_page_in_the_browser import faults_of, sign_in, sign_ins
from tests.support.fixtures_process import LiveApp

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]

ROWS = """
import json
from django.db import transaction
from halkhata.engines.segments.models import Segment, SegmentMember
from halkhata.engines.work.choices import Metric, Priority
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.policies import save_policy, save_rule
from halkhata.engines.work.services.promises import recompute
from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.models import Brand, Product
owner = User.objects.get(username=%r)
item = WorkItem.objects.unfinished().filter(kind="complaint", customer__isnull=False).order_by("-pk").first()
gold = Segment.objects.create(name_bn="সোনালি গ্রাহক", name_en="Gold customers", conditions={}, state="ready")
SegmentMember.objects.create(segment=gold, customer=item.customer, generation=1)
product = Product.objects.select_related("brand").first()
targets = {(p, m): 300 if m == Metric.RESOLUTION else 15 for p in Priority.values for m in Metric.values}
policy = save_policy(
    actor=owner, policy=None, name_bn="সোনালি গ্রাহকের জন্য", name_en="For gold customers", targets=targets,
    conditions={"segment": [gold.pk], "country": ["BD", "IN"]}, ceiling_hours=72,
)
other = save_policy(
    actor=owner, policy=None, name_bn="ব্র্যান্ডের জন্য", name_en="For a brand", targets=targets,
    conditions={"brand": [product.brand_id], "product": [product.pk]},
)
rule = save_rule(actor=owner, rule=None, level=3, trigger="breach", segment=gold.pk)
with transaction.atomic():
    recompute(item)
settings = "/work/settings/"
print(json.dumps({"number": item.number, "new": settings + "policies/new/", "paths": [
    settings + "policies/", settings + f"policies/{policy.pk}/", settings + f"policies/{other.pk}/",
    settings + "policies/new/", settings + "escalation/", settings + f"escalation/{rule.pk}/",
    f"/work/{item.number}/explain/", "/reports/causes/?of=product&by=money",
]}))
"""


@pytest.fixture(scope="module")
def rows(live_demo_app: LiveApp) -> dict[str, Any]:
    """What there is to look at."""
    return json.loads(live_demo_app.shell(ROWS % sign_ins(live_demo_app)["username"]).splitlines()[-1])


@pytest.mark.parametrize("language", ["bn", "en"])
def test_pages_fit_and_are_accessible(
    live_demo_app: LiveApp, new_page: Any, rows: dict[str, Any], language: str
) -> None:
    page = new_page(width=1280, language=language, dark=language == "bn")
    sign_in(page, live_demo_app, language)
    assert faults_of(page, live_demo_app, rows["paths"]) == {}
    assert page.problems == []


def test_wrong_line_is_named_and_the_page_says_why(live_demo_app: LiveApp, new_page: Any, rows: dict[str, Any]) -> None:
    page = new_page(width=390, language="en")
    sign_in(page, live_demo_app, "en")
    page.goto(live_demo_app.base_url + rows["new"])
    page.fill("[name=name_en]", "Travellers")
    for field in page.locator("[name^=target_]").all():
        field.fill("1")
    page.fill("[name=if_country]", "Nepal\nAtlantis")
    page.get_by_role("button", name="Save").click()
    assert "Nothing is called “Atlantis”." in page.inner_text("main")
    page.fill("[name=if_country]", "Nepal")
    page.get_by_role("button", name="Save").click()
    assert "Countries of the customer: Nepal" in page.inner_text("main")
    page.goto(f"{live_demo_app.base_url}/work/{rows['number']}/explain/")
    assert "Promise: For gold customers." in page.inner_text("main")
    assert "Customer segments: Gold customers" in page.inner_text("main")
