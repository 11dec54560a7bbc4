"""A Bengali reader meets no English sentence: every page of staff and customers in a shop whose data is Bengali."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup, Comment
from django.test import Client
from django.urls import reverse

from halkhata.desks.tickets.services.answering import add_internal_note
from halkhata.desks.tickets.services.defaults import create_default_categories
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.records.customers.services.customers import create_customer
from tests.journeys.pages import SIGNED_OUT, plain_pages

# Proper names, what one types into other programs, and units that stand in Latin letters in Bengali shops too.
ALLOWED = {
    "halkhata", "english", "imap", "smtp", "starttls", "tls", "ssl", "csv", "api", "url", "pdf", "excel", "gmail",
    "sms", "inbox", "html", "eml", "asia", "dhaka", "utc", "www", "http", "https", "qr", "sla", "csat", "kb", "mb",
    "id", "ctrl", "enter", "esc", "example", "com", "yyyy", "hh", "mm", "dd",
    # What a program or a provider's page calls it: the reader must find the same word there.
    "openid", "connect", "issuer", "openapi", "webhook", "idempotency", "key", "authorization", "bearer", "match",
    "type", "time", "based", "authentication", "results", "xlsx", "xls", "jpeg", "png", "webp", "meta", "kannel",
    # Names of companies.
    "wireless", "bulksmsbd", "mim", "alpha", "net",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z]{3,}")
_ADDRESS = re.compile(r"\S+@\S*|https?://\S+|/\S+/\S*|\{\{.*?\}\}|\{\w+\}|phone number ID")
_ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "data-left", "data-late")


@pytest.fixture
def bengali_shop(shop: Any) -> Any:
    """The shop with Bengali names only, one customer and one ticket in each half of its life."""
    from halkhata.engines.messaging.services.defaults import create_default_templates
    from halkhata.engines.work.models import BusinessCalendar, SlaPolicy
    from halkhata.foundation.accounts.models import Branch, Role, Team, User
    from halkhata.foundation.core.models import Installation

    Installation.objects.update(shop_name="পদ্মা মোটরস")
    Branch.objects.update(name_en="")
    Team.objects.update(name_en="")
    SlaPolicy.objects.update(name_en="")
    BusinessCalendar.objects.update(name_en="")
    Role.objects.update(name_en="")
    User.objects.update(name_bn="রফিক", name_en="")
    create_default_categories()
    create_default_templates()
    for person in (shop.owner, shop.agent, shop.manager):
        person.refresh_from_db()
    customer = create_customer(
        actor=shop.owner, name_bn="করিম মিয়া", phones=["০১১০০১২৩৪৫৬"], emails=["k@example.com"], branch=shop.branch
    )
    tickets = [
        open_ticket(
            actor=shop.owner, subject=f"ফ্রিজ ঠান্ডা হয় না {number}", description="সাত দিন ধরে নষ্ট", customer=customer,
            channel="phone", branch=shop.branch, team=shop.team, owner=shop.owner,
        )
        for number in "১২"
    ]  # fmt: skip
    add_internal_note(actor=shop.owner, ticket=tickets[0], text="মিস্ত্রিকে বলা হয়েছে")
    from halkhata.desks.tickets.models import Category

    resolve_ticket(
        actor=shop.owner, ticket=tickets[1], root_cause="product_defect", action="বদলে দেওয়া হয়েছে", remedy="replaced",
        category=Category.objects.first(),
    )  # fmt: skip
    run_until_quiet()
    shop.customer, shop.tickets = customer, tickets
    return shop


def english_in(html: str) -> list[str]:
    """Visible texts and spoken attributes with a Latin word that is not on the list of allowed ones."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup(["script", "style", "code", "template"]) + soup.find_all(lang="en"):
        element.decompose()
    texts = [str(text) for text in soup.find_all(string=True) if not isinstance(text, Comment)]
    texts += [str(tag[name]) for tag in soup.find_all(True) for name in _ATTRIBUTES if tag.get(name)]
    found = []
    for text in texts:
        plain = _ADDRESS.sub(" ", text)
        words = [word for word in _WORD.findall(plain) if word.lower() not in ALLOWED]
        if words:
            found.append(" ".join(text.split())[:120])
    return found


# Names people choose for signing in are Latin by rule; they stand as data on these pages.
USER_NAMES = {"rafi", "mitu", "lead", "manager", "owner", "padma", "complaints", "test"}


@pytest.mark.django_db
def test_bengali_reader_meets_no_english_on_any_page(
    bengali_shop: Any, client_as: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_as(bengali_shop.owner, "bn")
    pages = {name: path for name, path in plain_pages().items() if name not in {"web:styleguide"}}
    for ticket in bengali_shop.tickets:
        pages[f"ticket {ticket.state}"] = reverse("tickets:detail", args=[ticket.number])
        pages[f"explain {ticket.state}"] = reverse("work:explain", args=[ticket.number])
        pages[f"print {ticket.state}"] = reverse("tickets:print", args=[ticket.number])
    for part in ("detail", "panels_main", "panels_side"):
        pages[f"customer {part}"] = reverse(f"customers:{part}", args=[bengali_shop.customer.pk])
    for name in ("goodwill:new", "deliveries:new"):
        pages[name] += f"?customer={bengali_shop.customer.pk}"
    for name in ("deliveries:parcel_new", "chat:about"):
        pages[name] += f"?about={bengali_shop.tickets[0].number}"
    # A contact that was planned when the ticket was resolved: its page, what the customer says at it, and the card.
    contact = WorkItem.objects.filter(kind="follow_up", parent=bengali_shop.tickets[1]).latest("planned_at")
    pages["contact"] = reverse("work:task", args=[contact.number])
    pages["feedback:score"] += f"?about={contact.number}"
    pages["score card"] = f"{pages['feedback:score']}&part=1"
    pages["search"] = reverse("web:search") + "?q=করিম"
    pages["search nothing"] = reverse("web:search") + "?q=০১১০০০০০০৯৯"
    monkeypatch.setattr("tests.journeys.test_no_english_on_bengali_pages.ALLOWED", ALLOWED | USER_NAMES)
    wrong: dict[str, list[str]] = {}
    for name, path in pages.items():
        reader = Client(headers={"accept-language": "bn"}) if name in SIGNED_OUT else client
        response = reader.get(path, follow=True)
        if response.status_code in {204, 405}:  # nothing to say, or takes only forms: there is nothing to look at
            continue
        assert response.status_code == 200, f"{name} {path}: {response.status_code}"
        if "html" in response.headers["Content-Type"]:
            leaks = english_in(response.content.decode())
            if leaks:
                wrong[f"{name} {path}"] = leaks
    assert wrong == {}, repr(wrong)


@pytest.mark.django_db
def test_bengali_error_pages_and_form_errors_have_no_english(
    bengali_shop: Any, client_as: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_as(bengali_shop.owner, "bn")
    monkeypatch.setattr("tests.journeys.test_no_english_on_bengali_pages.ALLOWED", ALLOWED | USER_NAMES)
    number = bengali_shop.tickets[0].number
    contact = WorkItem.objects.filter(kind="follow_up", parent=bengali_shop.tickets[1]).latest("planned_at")
    answers = {
        "unknown page": client.get("/tickets/K-999999/"),
        "empty ticket": client.post(reverse("tickets:new"), {}),
        "empty customer": client.post(reverse("customers:new"), {}),
        "wrong phone": client.post(reverse("customers:new"), {"name_bn": "রহিম", "phones": "012", "phone": "012"}),
        "empty resolution": client.post(reverse("tickets:resolution", args=[number]), {}),
        "empty reply": client.post(reverse("tickets:reply", args=[number]), {}),
        "wrong sign-in": Client(headers={"accept-language": "bn"}).post(
            reverse("accounts:login"), {"username": "nobody", "password": "x"}
        ),
        "empty mailbox": client.post(reverse("messaging:mailbox_new"), {}),
        "empty policy": client.post(reverse("work:policy_new"), {}),
        "empty score": client.post(f"{reverse('feedback:score')}?about={contact.number}", {}),
        "empty complaint": Client(headers={"accept-language": "bn"}).post(reverse("portal:complaint"), {}),
    }
    wrong = {name: english_in(answer.content.decode()) for name, answer in answers.items()}
    assert {name: leaks for name, leaks in wrong.items() if leaks} == {}
    assert answers["unknown page"].status_code == 404


def test_the_crawler_finds_an_english_sentence() -> None:
    assert english_in('<p title="Save it">রাখুন</p>') == ["Save it"]
    assert english_in("<p>Not translated</p>") == ["Not translated"]
    assert english_in("<p>ই-মেইল: a@example.com</p>") == []
