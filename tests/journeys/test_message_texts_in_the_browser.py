"""Message texts in a real browser: form, versions, two beside each other and the second person fit and are accessible
in both languages, light and dark."""

import json
from typing import Any

import pytest

from tests.journeys.test_every_page_in_the_browser import faults_of, sign_in, sign_ins
from tests.support.fixtures_process import LiveApp

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]

ROWS = """
import json
from halkhata.engines.messaging.models import Template
from halkhata.engines.messaging.services.template_rules import ask_for_second, stop_asking
from halkhata.engines.messaging.services.template_values import FIELDS
from halkhata.engines.messaging.services.templates import save_template, submit_text
from halkhata.foundation.accounts.models import User
owner = User.objects.get(username=%r)
second, _made = User.objects.get_or_create(username="text-second", defaults=dict(
    name_en="Invented Second", name_bn="দ্বিতীয়", role=owner.role, branch=owner.branch, is_demo=True))
rows = Template.objects.filter(team=None, code__in=["received", "delayed"], language="bn").order_by("code")
late, got = rows
def words(row, **changed):
    return {**{name: getattr(row, name) for name in FIELDS}, **changed}
save_template(actor=owner, template=got, why="নাম জানা না থাকলে যেন ভালো শোনায়",
              values=words(got, body=got.body.replace("{{ customer }}", "{{ customer|ভাই }}")))
ask_for_second(actor=owner)
got.refresh_from_db()
own = submit_text(actor=owner, template=got, values=words(got, body=got.body + "\\n\\nআবার আসবেন।"), why="বিদায়ের কথা")
theirs = submit_text(actor=second, template=late, values=words(late, subject="{{ number }}: দুঃখিত"), why="ছোট")
# For whoever looks at the same shop afterwards.
stop_asking(actor=owner)
stop_asking(actor=second)
base = "/messages/settings/templates/"
print(json.dumps({"got": got.pk, "paths": [
    base, base + f"{got.pk}/", base + f"{late.pk}/", base + f"{got.pk}/versions/", base + f"{got.pk}/versions/1/",
    base + f"{got.pk}/versions/2/?with=1", base + f"waiting/{own.pk}/", base + f"waiting/{theirs.pk}/",
    base + "second/", base + "new/",
]}))
"""


@pytest.fixture(scope="module")
def rows(live_demo_app: LiveApp) -> dict[str, Any]:
    """What there is to look at."""
    return json.loads(live_demo_app.shell(ROWS % sign_ins(live_demo_app)["username"]).splitlines()[-1])


@pytest.mark.parametrize(("language", "width", "dark"), [("bn", 390, True), ("en", 1280, False)])
def test_pages_of_message_texts_fit_and_are_accessible(
    live_demo_app: LiveApp, new_page: Any, rows: dict[str, Any], language: str, width: int, dark: bool
) -> None:
    page = new_page(width=width, language=language, dark=dark)
    sign_in(page, live_demo_app, language)
    assert faults_of(page, live_demo_app, rows["paths"]) == {}
    assert page.problems == []


def test_what_is_typed_is_shown_filled_and_not_saved(
    live_demo_app: LiveApp, new_page: Any, rows: dict[str, Any]
) -> None:
    page = new_page(width=390, language="en")
    sign_in(page, live_demo_app, "en")
    page.goto(f"{live_demo_app.base_url}/messages/settings/templates/{rows['got']}/")
    page.locator("#id_body").fill("Typed only, {{ customer|friend }}.")
    page.locator("button[name=look]").click()
    assert "Typed only, " in page.locator("#preview .hk-bubble").inner_text()
    page.goto(f"{live_demo_app.base_url}/messages/settings/templates/{rows['got']}/versions/")
    assert "Typed only" not in page.locator("main").inner_text()
    # Two are chosen by hand and stand beside each other.
    page.locator("input[name=from][value='1']").check()
    page.locator("input[name=to][value='2']").check()
    page.locator("form button[type=submit]").last.click()
    assert page.locator("#compare ins").count() > 0
    assert page.locator("#compare del").count() > 0
