"""A reader who may not see private fields walks every page there is: no byte of any answer holds one (US-22 AC 2).

Every address without arguments comes from the resolver, so a page made tomorrow is walked, too; the pages of one
customer and one ticket are added. Both languages, for digits differ.
"""

import re

import pytest
from django.urls import reverse

from halkhata.desks.tickets.services.answering import answer_ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.services.conversations import add_customer_message, add_note
from halkhata.foundation.accounts.choices import PERMISSIONS
from halkhata.records.customers.models import Address
from halkhata.records.customers.services.customers import create_customer
from tests.journeys.pages import plain_pages
from tests.support.fixtures_shop import make_role, make_user

PHONE, SECOND, EMAIL, CARD, PLACE = (
    "01100000678", "01100000679", "rahima.secret@example.com", "1990123456789", "House 12, Lane of Secrets",
)  # fmt: skip
_BENGALI = str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")


@pytest.fixture
def everything_but(shop):
    """Somebody who may do all but see private fields: the widest walk."""
    rights = [name for name in PERMISSIONS if name not in {"customer.see_private"}]
    return make_user("blind", branch=shop.branch, role=make_role("blind", level=4, scope="all", permissions=rights))


@pytest.fixture
def ticket(shop):
    customer = create_customer(
        actor=shop.agent, name_en="Rahima", phones=[PHONE, SECOND], emails=[EMAIL], branch=shop.branch,
        note=f"Her card is {CARD}, her son {SECOND}",
    )  # fmt: skip
    Address.objects.create(customer=customer, line=PLACE, district="Bogura")
    found = open_ticket(
        actor=shop.agent, subject=f"Call {PHONE}", description=f"She wrote from {EMAIL} and left ০১১০০-০০০৬৭৮",
        customer=customer, channel="email", branch=shop.branch, team=shop.team, owner=shop.agent,
        caller_name=f"Rahima {SECOND}", acknowledge=False,
    )  # fmt: skip
    add_customer_message(
        actor=None, item=found, channel="email", text=f"My number is +880 1100 000678, card {CARD}", subject=PHONE,
        from_address=EMAIL, customer=customer,
    )  # fmt: skip
    add_note(actor=shop.agent, item=found, text=f"tried {SECOND[:5]} {SECOND[5:]}")
    answer_ticket(actor=shop.agent, ticket=found, text=f"We called {PHONE}")
    return found


def leaks(text: str) -> list[str]:
    """Which private values the text holds, in any script and with any separators."""
    folded = text.translate(_BENGALI)
    dense = re.sub(r"[\s().\u00a0-]", "", folded)
    values = {PHONE: PHONE[1:], SECOND: SECOND[1:], CARD: CARD}
    found = [name for name, needle in values.items() if needle in dense]
    found += [needle for needle in (EMAIL, EMAIL.replace("@", "%40")) if needle in folded.lower()]
    return found + [PLACE for _once in (1,) if PLACE in folded]


def pages(ticket) -> list[str]:
    customer = ticket.customer_id
    number = ticket.number
    return [
        *plain_pages().values(),
        "/search/?q=Rahima", f"/search/?q={number}", f"/search/?q={PHONE[-4:]}",
        reverse("customers:detail", args=[customer]), reverse("customers:edit", args=[customer]),
        reverse("customers:timeline", args=[customer]), reverse("customers:unmask", args=[customer]),
        f"/tickets/{number}/", f"/tickets/{number}/print/", f"/work/{number}/explain/", f"/work/{number}/",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "bn"])
def test_no_page_gives_a_private_field_to_a_masked_reader(shop, ticket, everything_but, client_as, language):
    client = client_as(everything_but, language=language)
    found, seen = {}, 0
    for path in pages(ticket):
        for headers in ({}, {"HX-Request": "true"}):
            response = client.get(path, headers=headers)
            if response.streaming:
                continue
            text = response.content.decode(response.charset or "utf-8", "replace")
            seen += response.status_code == 200
            if leaks(text):
                found[path] = leaks(text)
    assert found == {}
    assert seen > 60


def test_the_walk_itself_finds_what_an_ordinary_reader_sees(shop, ticket, client_as):
    """The twin: without the mask the same pages do hold them, so the walk above can fail."""
    client = client_as(shop.agent)
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert set(leaks(page)) >= {PHONE, SECOND, CARD, EMAIL}
    assert set(leaks(client.get(f"/customers/{ticket.customer_id}/").content.decode())) >= {PHONE, EMAIL, CARD, PLACE}
    assert PHONE in leaks(client.get("/work/queue/").content.decode())
