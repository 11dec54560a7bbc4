"""Every page of the demo shop in a real browser: accessible, no sideways scroll, no script trouble, light enough."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.pages import plain_pages
from tests.support.fixtures_process import LiveApp

pytestmark = [pytest.mark.needs_chromium, pytest.mark.one_database]

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = [
    "/", "/work/today/", "/work/queue/", "/tickets/", "/tickets/new/", "/customers/", "/customers/new/",
    "/customers/organizations/", "/messages/quarantine/", "/messages/outbox/", "/messages/texts/",
    "/messages/undeliverable/", "/feedback/", "/notifications/",
    "/search/?q=0119", "/search/?q=xyzzy", "/settings/", "/settings/users/", "/settings/users/new/", "/settings/roles/",
    "/settings/branches/", "/settings/teams/", "/settings/tokens/", "/settings/audit/", "/messages/settings/mailboxes/",
    "/messages/settings/mailboxes/new/", "/messages/settings/templates/", "/messages/settings/templates/new/",
    "/work/settings/calendars/", "/work/settings/policies/", "/work/settings/policies/new/",
    "/work/settings/escalation/", "/work/settings/absences/", "/work/settings/assignment/",
    "/work/settings/checklists/", "/tickets/settings/categories/", "/tickets/settings/categories/new/",
    "/tickets/canned/", "/tickets/canned/new/",
    "/tickets/settings/words-of-danger/", "/tickets/settings/priorities/", "/tickets/settings/rules/",
    "/me/", "/me/password/", "/me/confirm/",
    "/me/two-factor/", "/me/two-factor/new/", "/settings/sign-in/", "/settings/single-sign-on/",
    "/settings/users/locked/", "/styleguide/",
]  # fmt: skip
# The customer book: imports, duplicates, own fields, segments, privacy, quality. Their addresses without arguments come
# from the resolver, those with one from rows that are written first.
BOOK = {"imports", "segments", "fields", "privacy", "data_quality"}
BOOK_ROWS = """
import json
from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.days import today
from halkhata.foundation.fields.services.definitions import save_definition
from halkhata.foundation.fields.services.rules import save_rule
from halkhata.engines.segments.services.membership import build
from halkhata.engines.segments.services.segments import save_segment
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.data_quality.services.looking import look_at_changed, write_month
from halkhata.records.data_quality.services.picking import draw_month
from halkhata.records.imports.services.beginning import receive_file
from halkhata.records.privacy.choices import DECIDED
from halkhata.records.privacy.services.breaches import save_breach
from halkhata.records.privacy.services.consents import record_consent
from halkhata.records.privacy.services.links import preference_token, unsubscribe_token
from halkhata.records.privacy.services.requests import open_request
owner = User.objects.get(username=%r)
customer = Customer.objects.filter(merged_into=None).order_by("pk").first()
double = create_customer(actor=owner, name_bn=customer.name_bn, name_en="MR  CAPITAL TEST", phones=["01100987654"])
for purpose in DECIDED:
    for channel, act in (("sms", "granted"), ("email", "withdrawn")):
        record_consent(actor=owner, customer=customer, purpose=purpose, channel=channel, act=act, source="paper",
                       proof="F-12")
asked = open_request(actor=owner, kind="erasure", customer=customer, what="All of it, please")
breach = save_breach(actor=owner, title="A phone with the list was lost")
field = save_definition(actor=owner, target="customer", kind="text", name_en="Trade", name_bn="পেশা")
language = {"field": "language", "op": "is", "value": customer.language}
nested = {"all": [language, {"none": [{"field": "ticket.number", "op": "between", "value": [400, 500]}]}]}
rule = save_rule(actor=owner, target="customer", name_en="Write the name", name_bn="নাম লিখুন",
                 conditions={"field": "=note", "op": "filled"})
segment = save_segment(actor=owner, name_en="Readers", name_bn="পাঠক", conditions=nested)
build(segment.pk)
csv = "নাম,মোবাইল\\nকরিম মিয়া,০১১০০৮৮৮৭৭৭\\n,12\\n".encode()
run = receive_file(actor=owner, target="customers", name="list.csv", chunks=[csv])
look_at_changed(); month = today().replace(day=1); write_month(month); draw_month(month)
paths = [
    f"/customers/{customer.pk}/", f"/customers/{customer.pk}/panels/side/", f"/customers/{customer.pk}/identity/",
    f"/customers/{customer.pk}/fields/",
    f"/customers/{customer.pk}/merge/?with={double.pk}", "/customers/duplicates/",
    f"/privacy/customers/{customer.pk}/", f"/privacy/customers/{customer.pk}/erase/",
    f"/privacy/requests/{asked.number}/", f"/privacy/breaches/{breach.number}/", "/privacy/consent/marketing/",
    f"/imports/{run.pk}/columns/", f"/imports/{run.pk}/", "/settings/fields/customer/",
    "/settings/fields/customer/layout/", "/settings/fields/customer/rules/", "/settings/fields/customer/rules/new/",
    "/settings/fields/customer/tags/", f"/settings/fields/customer/field/{field.code}/", "/settings/fields/ticket/",
]
paths += [f"/segments/{segment.pk}/?customer={customer.pk}", f"/segments/{segment.pk}/edit/",
          f"/settings/fields/customer/rules/{rule.pk}/"]
token = preference_token(customer_id=customer.pk, channel="email", address="somebody@example.com")
one = unsubscribe_token(customer_id=customer.pk, channel="email", purpose="marketing", address="somebody@example.com")
print(json.dumps({"staff": paths, "public": [f"/c/preferences/{token}/", f"/c/unsubscribe/{one}/"]}))
"""
PUBLIC_PAGES = [
    "/sign-in/", "/c/", "/c/follow/", "/c/data/enter/", "/c/poster/", "/c/stop/", "/c/complaint/",
    "/c/embed/complaint/", "/c/s/not-a-token/", "/no-such-page/",
]  # fmt: skip
FIRST_VISIT_KB, LATER_VISIT_KB, PUBLIC_KB = 220, 40, 100


def sign_ins(app: LiveApp) -> dict[str, str]:
    """User name and password of the demo's owner."""
    return json.loads((app.data_dir / "demo_sign_ins.txt").read_text().splitlines()[0])


def sign_in(page: Any, app: LiveApp, language: str) -> None:
    """Sign in as the owner and read in ``language``."""
    owner = sign_ins(app)
    page.context.add_cookies([{"name": "language", "value": language, "url": app.base_url}])
    page.goto(app.base_url + "/sign-in/")
    page.locator("[name=username]").fill(owner["username"])
    page.locator("[name=password]").fill(owner["password"])
    page.locator("form:has([name=password]) button[type=submit]").click()
    page.wait_for_url(app.base_url + "/")
    if page.locator("html").get_attribute("lang") != language:
        with page.expect_navigation():  # the address stays the same: waiting for it would end at once
            page.evaluate(
                """language => { const form = [...document.forms].find(f => f.action.includes('/language/'));
                const field = document.createElement('input'); field.type = 'hidden'; field.name = 'language';
                field.value = language; form.append(field); form.submit(); }""",
                language,
            )
    assert page.locator("html").get_attribute("lang") == language


def detail_pages(page: Any, app: LiveApp) -> list[str]:
    """One ticket of the queue, its explanation and print, and its customer."""
    page.goto(app.base_url + "/work/queue/")
    ticket = page.locator("main a[href^='/tickets/K-']").first.get_attribute("href")
    page.goto(app.base_url + ticket)
    customer = page.locator("main a[href^='/customers/']").first.get_attribute("href")
    page.goto(app.base_url + "/work/today/?person=")
    together = [f"{ticket}{name}/" for name in ("merge", "split", "parent", "canned")]
    explained = f"/work/{ticket.split('/')[2]}/explain/"
    return [ticket, *together, f"{ticket}print/", explained, customer, f"{customer}panels/main/", f"{customer}edit/"]


def icons_without_a_picture(page: Any) -> list[str]:
    """Icons the page asks for that the sprite does not hold: they would be an empty gap."""
    return page.evaluate(
        """async () => { const wanted = [...document.querySelectorAll('use')].map(u => u.getAttribute('href'));
        const sheets = {}; const gone = new Set();
        for (const href of wanted) { const [file, id] = href.split('#');
            sheets[file] ??= file ? await (await fetch(file)).text() : document.documentElement.outerHTML;
            if (!sheets[file].includes(`id="${id}"`)) gone.add(`no icon ${id}`); }
        return [...gone]; }"""
    )


def violations(page: Any) -> list[str]:
    """What axe-core finds on the page as it stands."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}}).then(r => r.violations"
        ".map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | ')}`))",
        RULES,
    )
    return list(found)


def scrolls_sideways(page: Any) -> int:
    """By how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.fixture(scope="session")
def book(live_demo_app: LiveApp) -> dict[str, list[str]]:
    """Pages of the customer book with something on them."""
    rows = json.loads(live_demo_app.shell(BOOK_ROWS % sign_ins(live_demo_app)["username"]).splitlines()[-1])
    plain = [path for name, path in plain_pages().items() if name.split(":")[0] in BOOK]
    return {"staff": [*plain, *rows["staff"]], "public": rows["public"]}


@pytest.fixture(params=["bn", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return request.param


def faults_of(page: Any, app: LiveApp, paths: list[str]) -> dict[str, list[str]]:
    """What is wrong with each page at 1280 and at 390 px."""
    wrong: dict[str, list[str]] = {}
    for path in paths:
        page.set_viewport_size({"width": 1280, "height": 900})
        answer = page.goto(app.base_url + path)
        if answer.status == 405:  # takes only forms: there is nothing to look at
            continue
        trouble = [] if answer.status == 200 else [f"status {answer.status}"]
        trouble += icons_without_a_picture(page)
        trouble += violations(page)
        if scrolls_sideways(page) > 0:
            trouble.append(f"{scrolls_sideways(page)} px too wide at 1280")
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_timeout(50)
        if scrolls_sideways(page) > 0:
            trouble.append(f"{scrolls_sideways(page)} px too wide at 390")
        if trouble:
            wrong[path] = trouble
    return wrong


def test_no_staff_page_has_an_axe_violation_or_scrolls_sideways(
    live_demo_app: LiveApp, new_page: Any, language: str
) -> None:
    # The Bengali reader in the dark, the English one in the light: every page is seen in both languages.
    page = new_page(width=1280, language=language, dark=language == "bn")
    sign_in(page, live_demo_app, language)
    assert faults_of(page, live_demo_app, [*PAGES, *detail_pages(page, live_demo_app)]) == {}
    assert [line for line in page.problems if "404" not in line] == []


def test_no_page_of_the_customer_book_has_an_axe_violation_or_scrolls_sideways(
    live_demo_app: LiveApp, new_page: Any, language: str, book: dict[str, list[str]]
) -> None:
    page = new_page(width=1280, language=language, dark=language == "bn")
    sign_in(page, live_demo_app, language)
    assert faults_of(page, live_demo_app, [*book["staff"], *book["public"]]) == {}
    assert [line for line in page.problems if "404" not in line] == []


def test_no_public_page_has_an_axe_violation_or_scrolls_sideways(
    live_demo_app: LiveApp, new_page: Any, language: str
) -> None:
    page = new_page(width=390, height=844, language=language)
    page.context.add_cookies([{"name": "language", "value": language, "url": live_demo_app.base_url}])
    wrong: dict[str, list[str]] = {}
    for path in PUBLIC_PAGES:
        page.goto(live_demo_app.base_url + path)
        trouble = violations(page)
        if scrolls_sideways(page) > 0:
            trouble.append(f"{scrolls_sideways(page)} px too wide at 390")
        if trouble:
            wrong[path] = trouble
    assert wrong == {}


def test_axe_finds_a_planted_fault(live_demo_app: LiveApp, new_page: Any) -> None:
    page = new_page()
    page.goto(live_demo_app.base_url + "/sign-in/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input type=text><img src=x>')")
    assert any(line.startswith("label") for line in violations(page))


class Weight:
    """Counts what goes over the wire to one page."""

    def __init__(self, page: Any) -> None:
        self.bytes = 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._add)

    def _add(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]

    def take(self) -> float:
        """Kilobytes since the last call."""
        kilobytes, self.bytes = self.bytes / 1000, 0
        return kilobytes


def _pages_to_weigh(page: Any, app: LiveApp) -> Iterator[tuple[str, str]]:
    ticket, *_others, customer, _edit = detail_pages(page, app)
    yield from {"home": "/", "queue": "/work/queue/", "ticket": ticket, "customer": customer}.items()


def test_first_visit_is_at_most_220_kb_and_later_ones_at_most_40_kb(
    live_demo_app: LiveApp, new_page: Any, language: str
) -> None:
    scout = new_page(language=language)
    sign_in(scout, live_demo_app, language)
    state = scout.context.storage_state()
    for name, path in list(_pages_to_weigh(scout, live_demo_app)):
        fresh = scout.context.browser.new_context(storage_state=state)
        page = fresh.new_page()
        weight = Weight(page)
        page.goto(live_demo_app.base_url + path)
        page.wait_for_timeout(700)
        first = weight.take()
        page.goto(live_demo_app.base_url + path)
        page.wait_for_timeout(700)
        later = weight.take()
        fresh.close()
        assert first <= FIRST_VISIT_KB, f"{name}: first visit {first:.0f} kB"
        assert later <= LATER_VISIT_KB, f"{name}: later visit {later:.0f} kB"


def test_public_pages_are_light_and_work_without_a_script(live_demo_app: LiveApp, new_page: Any) -> None:
    page = new_page(width=390, javascript=False)
    weight = Weight(page)
    page.goto(live_demo_app.base_url + "/c/complaint/")
    assert weight.take() <= PUBLIC_KB
    assert page.locator("form button[type=submit]").count() >= 1
    assert re.search(r"<script[^>]+src", page.content()) is None
