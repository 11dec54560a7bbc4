"""The shop in which the journeys after the sale happen: its products, terms, people; and walking through its pages."""

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from halkhata.doors.cli.parent_death import end_with_parent
from tests.support.fixtures_process import ROOT, LiveApp, make_live_app

LANGUAGES = ["bn", "en"]
PASSWORD = "nine plain words"
PRICE = "12500.00"

# One shop in Dhaka, a head office with people who may judge; each of the people twice, once for each language.
SET_UP = """
from datetime import timedelta
from decimal import Decimal
from tests.support.fixtures_shop import make_shop, make_user
from halkhata.desks.disputes.services.defaults import prepare_disputes
from halkhata.desks.returns.services.defaults import prepare_desk as prepare_returns
from halkhata.desks.service.services.defaults import prepare_desk as prepare_service
from halkhata.desks.tickets.services.defaults import create_default_categories
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.work.services.defaults import MATRIX
from halkhata.engines.work.services.policies import save_rule
from halkhata.foundation.accounts.services.branches import create_branch
from halkhata.foundation.accounts.services.roles import create_ready_roles
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import ProductKind
from halkhata.records.catalog.services.defaults import create_all_kinds, create_price_list
from halkhata.records.catalog.services.prices import set_price
from halkhata.records.catalog.services.products import save_brand, save_product
from halkhata.records.warranty.services.publishing import Term, Window, publish_policy
shop = make_shop()
for priority, level, trigger, threshold in MATRIX:
    save_rule(actor=SYSTEM, rule=None, priority=priority, level=level, trigger=trigger, threshold=threshold)
create_default_categories(); create_default_templates()
create_all_kinds(); prepare_service(); prepare_returns(); prepare_disputes()
prices, brand = create_price_list(), save_brand(actor=SYSTEM, name_en="Testa", name_bn="টেস্টা")
def product(kind, name_en, name_bn, model):
    row = save_product(actor=SYSTEM, brand=brand, kind=ProductKind.objects.get(code=kind), name_en=name_en,
                       name_bn=name_bn, model_code=model)
    set_price(actor=SYSTEM, price_list=prices, product=row, amount=Decimal("12500"),
              valid_from=today() - timedelta(days=90))
    return row
fridge = product("appliance", "Fridge 220", "ফ্রিজ ২২০", "F220")
phone = product("phone", "Phone 12", "ফোন ১২", "P12")
bike = product("motorcycle", "Motorcycle 150", "মোটরসাইকেল ১৫০", "M150")
for one, en, bn in ((fridge, "Fridge", "ফ্রিজ"), (phone, "Phone", "ফোন")):
    publish_policy(actor=SYSTEM, name_en=en, name_bn=bn, product_kind=one.kind,
                   terms=[Term(component="all", label_en="Parts", label_bn="যন্ত্রাংশ", months=12, labour=False)])
publish_policy(actor=SYSTEM, name_en="Bike", name_bn="বাইক", product_kind=bike.kind,
               terms=[Term(component="all", label_en="Whole bike", label_bn="পুরো গাড়ি", months=24, usage_limit=30000)],
               coupons=[Window(from_days=0, to_days=45, from_usage=400, to_usage=1000),
                        Window(from_days=60, to_days=120, from_usage=2000, to_usage=3500)])
roles, head = create_ready_roles(), create_branch(actor=None, name_en="Head office", name_bn="প্রধান কার্যালয়")
for language in ("bn", "en"):
    for name, bn, role, branch in (
        ("seller", "সেলিম", "front_desk", shop.branch), ("advisor", "আসিফ", "service_advisor", shop.branch),
        ("officer", "অপর্ণা", "complaint_officer", shop.branch), ("manager", "মামুন", "manager", shop.branch),
        ("near", "নাসির", "reviewer", shop.branch), ("judge", "জাহানারা", "reviewer", head),
        ("judge2", "জুবায়ের", "reviewer", head), ("boss", "বশির", "head_office", head),
    ):
        make_user(f"{name}-{language}", branch=branch, role=roles[role], name_bn=bn, language=language,
                  teams=(shop.team,) if branch == shop.branch else ())
"""
FACTS = """
import json
from halkhata.desks.disputes.models import *
from halkhata.desks.returns.models import *
from halkhata.desks.service.models import *
from halkhata.desks.tickets.models import *
from halkhata.engines.messaging.models import *
from halkhata.engines.messaging.services.texts import words_of
from halkhata.engines.work.models import *
from halkhata.records.catalog.models import *
from halkhata.records.customers.models import *
from halkhata.records.warranty.models import *
"""
CODE = """
import re
from halkhata.foundation.core.text import fold_digits
message = TextMessage.objects.filter(purpose="code", state="prepared").order_by("-pk").first()
print(json.dumps(re.search("[0-9]{6}", fold_digits(words_of(message))).group()))
"""


# A console of the shop's own: one process for all questions, because starting one takes longer than a page.
LOOP = """
import contextlib, io, json, sys, traceback
import django; django.setup()
from django.db import close_old_connections
for line in sys.stdin:
    said = io.StringIO()
    try:
        close_old_connections()
        with contextlib.redirect_stdout(said):
            exec(json.loads(line), {})
        answer = {"said": said.getvalue()}
    except BaseException:
        answer = {"error": traceback.format_exc()}
    print(json.dumps(answer), flush=True)
"""
_consoles: dict[str, subprocess.Popen[str]] = {}


@contextlib.contextmanager
def running_shop() -> Iterator[LiveApp]:
    """The shop, set up and open; shared by all tests of a file."""
    folder = Path(tempfile.mkdtemp(prefix="hk-after-"))
    app = make_live_app(folder / "app")
    try:
        app.shell(SET_UP)
        app.start()
        _consoles[app.base_url] = subprocess.Popen(
            [sys.executable, "-c", LOOP], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env={**app.env, "DJANGO_SETTINGS_MODULE": "config.settings"}, preexec_fn=end_with_parent(),
        )  # fmt: skip
        yield app
    finally:
        console = _consoles.pop(app.base_url, None)
        if console is not None:
            console.communicate(timeout=20)
        app.kill()
        shutil.rmtree(folder, ignore_errors=True)


def told(app: LiveApp, code: str) -> Any:
    """What ``code`` prints, with the models of the shop at hand, read as JSON."""
    console = _consoles[app.base_url]
    assert console.stdin is not None
    assert console.stdout is not None
    console.stdin.write(json.dumps(FACTS + code) + "\n")
    console.stdin.flush()
    answer = json.loads(console.stdout.readline())
    assert "error" not in answer, answer["error"]
    return json.loads(answer["said"].strip().splitlines()[-1])


def last_code(app: LiveApp) -> str:
    """The newest code that was sent to a customer."""
    return str(told(app, CODE))


class People:
    """Members of staff at their own screens, each signed in once: ``people("seller")`` is that person's page."""

    def __init__(self, app: LiveApp, new_page: Any, language: str) -> None:
        self.app, self.new_page, self.language = app, new_page, language
        self._pages: dict[str, Any] = {}

    def __call__(self, name: str) -> Any:
        if name not in self._pages:
            page = self.new_page(language=self.language)
            page.goto(f"{self.app.base_url}/sign-in/")
            page.locator("[name=username]").fill(f"{name}-{self.language}")
            page.locator("[name=password]").fill(PASSWORD)
            send(page, "form:has([name=password])")
            assert page.locator("html").get_attribute("lang") == self.language
            self._pages[name] = page
        return self._pages[name]

    def at(self, name: str, path: str) -> Any:
        """That person's page, opened at ``path``."""
        page = self(name)
        answer = page.goto(f"{self.app.base_url}{path}")
        assert answer.status == 200, (name, path, answer.status)
        return page

    def problems(self) -> list[str]:
        """What the browsers complained about, refusals that a test asked for left out."""
        lines = [line for page in self._pages.values() for line in page.problems]
        return [line for line in lines if not line.startswith("Failed to load resource")]


def send(page: Any, form: str, button: str = "button[type=submit]") -> int:
    """Send a form, opened first where it is folded away, and wait for the next page. Returns its status."""
    target = page.locator(f"{form} {button}").first
    unfold(page, target)
    # A page that only changes its own address while it settles is no new page: the answer to the form is waited for.
    with page.expect_event("load"), page.expect_response(_is_page) as caught:
        target.click()
    return int(caught.value.status)


def _is_page(response: Any) -> bool:
    return response.request.is_navigation_request() and not 300 <= response.status < 400


def unfold(page: Any, target: Any) -> None:
    """Open every folded part around ``target``."""
    target.evaluate(
        "one => { for (let el = one; el; el = el.parentElement) if (el.tagName === 'DETAILS') el.open = true }"
    )


def fill(page: Any, form: str, **values: str | bool) -> str:
    """Fill in a form by the names of its fields; returns ``form`` for ``send``. A value with a choice is chosen."""
    for name, value in values.items():
        field = page.locator(f"{form} [name='{name}']:not([type=hidden])")
        unfold(page, field.first)
        kind = field.first.evaluate("one => one.type")
        if kind == "radio":
            page.locator(f"{form} [name='{name}'][value='{value}']").check()
        elif kind == "checkbox":
            field.first.set_checked(bool(value))
        elif kind.startswith("select"):
            field.first.select_option(str(value))
        else:
            field.first.fill(str(value))
    return form


def trouble_of(page: Any) -> str:
    """What the page says is wrong: for messages of failed assertions, and to look for words in it."""
    places = "main .alert, main [role=alert], main .hk-error, main .invalid-feedback, main [id$=_error]"
    return " | ".join(page.locator(places).all_inner_texts())


def sell(people: People, model: str, *, who: str, name: str, by: str = "seller", **fields: str) -> str:
    """A sale at the counter to somebody new; returns the number of the unit."""
    page = people.at(by, f"/units/sale/?product={model}")
    fill(page, "form[action='/units/sale/']", who=who, also=name, **fields)
    assert send(page, "form[action='/units/sale/']", "button.btn-primary") == 200, trouble_of(page)
    assert "/units/U-" in page.url, trouble_of(page)
    return page.url.rstrip("/").rsplit("/", 1)[1]


def take_in(people: People, unit: str, **fields: str) -> str:
    """A job card for a unit; returns its number."""
    page = people.at("advisor", f"/jobs/new/?unit={unit}")
    fill(page, "form:has([name=complaint])", **fields)
    assert send(page, "form:has([name=complaint])", "button.btn-primary") == 200, trouble_of(page)
    return page.url.rstrip("/").rsplit("/", 1)[1]


def job_step(page: Any, state: str) -> None:
    """Press the button that puts the card into ``state``."""
    number = page.url.rstrip("/").rsplit("/", 1)[1].split("#")[0]
    status = send(page, f"form[action='/jobs/{number}/step/']", f"button[value={state}]")
    assert status == 200, trouble_of(page)


def tick_bench(page: Any) -> None:
    """Tick every line of the bench off."""
    while page.locator("#checklist [aria-pressed=false]").count():
        assert send(page, "#checklist", "[aria-pressed=false]") == 200


def return_step(people: People, number: str, step: str, by: str = "manager", **fields: str | bool) -> Any:
    """Take one step of a return; returns the page."""
    page = people.at(by, f"/returns/{number}/")
    form = f"form[action='/returns/{number}/{step}/']"
    fill(page, form, **{f"{step}-{name}": value for name, value in fields.items()})
    assert send(page, form) == 200, trouble_of(page)
    return page


def ask_return(people: People, unit: str, by: str = "seller", **fields: str | bool) -> str:
    """Take a return down; returns its number."""
    page = people.at(by, f"/returns/new/?unit={unit}")
    fill(page, "form[action='/returns/new/']", **fields)
    assert send(page, "form[action='/returns/new/']") == 200, trouble_of(page)
    return page.url.rstrip("/").rsplit("/", 1)[1]


def dispute_step(people: People, number: str, step: str, by: str = "officer", **fields: str | bool) -> Any:
    """Take one step of a dispute on its small page; returns the page it led to."""
    page = people.at(by, f"/disputes/{number}/{step}/")
    form = "main form[method=post]"
    fill(page, form, **fields)
    assert send(page, form) == 200, trouble_of(page)
    assert page.url.endswith(f"/disputes/{number}/"), trouble_of(page)
    return page


def open_dispute(people: People, about: str, by: str = "officer", **fields: str) -> str:
    """Take a dispute down about another case; returns its number."""
    page = people.at(by, f"/disputes/new/?about={about}")
    fill(page, "main form[method=post]", **fields)
    assert send(page, "main form[method=post]") == 200, trouble_of(page)
    return page.url.rstrip("/").rsplit("/", 1)[1]


def life_of(people: People, unit: str, by: str = "manager") -> list[str]:
    """The sentences of a unit's page, oldest first."""
    page = people.at(by, f"/units/{unit}/")
    while page.locator("#life-older a").count():
        page.locator("#life-older a").click()
        page.wait_for_function("() => !document.querySelector('#life-older a.htmx-request')")
    return list(reversed(page.locator("#life .hk-line-head strong").all_inner_texts()))


def tick_return(page: Any) -> None:
    """Tick every line of the inspection off; the list is exchanged in place."""
    marks = page.locator("#checklist [aria-pressed=false]")
    while left := marks.count():
        marks.first.click()
        page.wait_for_function(
            "left => document.querySelectorAll('#checklist [aria-pressed=false]').length < left", arg=left
        )
