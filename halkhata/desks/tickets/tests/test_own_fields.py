"""The shop's own fields, rules and tags on tickets (A56.13)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.desks.tickets.services.editing import change_ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.fields.selectors.values import read_tags, read_values
from halkhata.foundation.fields.services.definitions import save_definition
from halkhata.foundation.fields.services.rules import save_rule
from halkhata.foundation.fields.services.values import write_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(shop):
    save_definition(actor=shop.owner, target="ticket", code="visit", kind="date", name_en="Visit on")
    return open_ticket(actor=shop.owner, subject="Fridge", customer=None, channel="phone", branch=shop.branch)


def test_fields_and_tags_of_a_ticket_are_filled_in_and_shown(shop, ticket, client_as):
    client, url = client_as(shop.owner), reverse("tickets:fields", args=[ticket.number])
    assert client.get(url).status_code == 200
    before = ticket.version
    assert client.post(url, {"cf_visit": "২৫/১২/২০২৬", "tags": "vip"}).status_code == 302
    assert read_values("ticket", [ticket.pk])[ticket.pk] == {"visit": date(2026, 12, 25)}
    assert [tag.name for tag in read_tags("ticket", [ticket.pk])[ticket.pk]] == ["vip"]
    ticket.refresh_from_db()
    assert ticket.version > before
    page_url = reverse("tickets:detail", args=[ticket.number])
    page = client.get(page_url).content.decode()
    assert "25 December 2026" in page
    assert "vip" in page
    with CaptureQueriesContext(connection) as queries:
        client.get(page_url)
    assert len(queries) <= 20, [query["sql"][:90] for query in queries]


def test_a_rule_names_fields_that_every_ticket_has_beside_own_ones(shop, ticket):
    save_rule(
        actor=shop.owner, target="ticket", name_en="Say when we come.", severity="refuse", at_field="visit",
        conditions={"all": [{"field": "=kind", "op": "is", "value": "complaint"}, {"field": "visit", "op": "empty"}]},
    )  # fmt: skip
    with pytest.raises(DomainError) as refused:
        change_ticket(actor=shop.owner, ticket=ticket, custom={})
    assert (refused.value.code, refused.value.field) == ("rule_broken", "cf_visit")
    change_ticket(actor=shop.owner, ticket=ticket, custom={"visit": "2026-12-01"}, subject="Fridge is warm")
    ticket.refresh_from_db()
    assert ticket.subject == "Fridge is warm"
    assert open_ticket(actor=None, subject="Mail", customer=None, channel="email", branch=shop.branch).pk


def test_a_closed_ticket_takes_nothing_more(shop, ticket):
    ticket.state = "closed"
    ticket.save(update_fields=["state"])
    with pytest.raises(DomainError) as refused:
        write_values(actor=shop.owner, target="ticket", record_id=ticket.pk, values={"visit": "2026-12-01"})
    assert refused.value.code == "closed"


@pytest.fixture
def roofs(shop, ticket):
    """Two tickets more: one with a tin roof, one with a flat one; the first is urgent to dealers."""
    options = [("টিন", "Tin"), ("ছাদ", "Flat")]
    save_definition(
        actor=shop.owner, target="ticket", code="roof", kind="choice", name_en="Roof", options=options, is_filter=True
    )
    made = {}
    for subject, roof, tags in (("Leak", "tin", ["dealer"]), ("Crack", "flat", [])):
        made[subject] = open_ticket(
            actor=shop.owner, subject=subject, customer=None, channel="phone", branch=shop.branch,
            custom={"roof": roof}, tags=tags,
        )  # fmt: skip
    return made


def test_the_queue_is_narrowed_by_own_fields_and_tags_and_says_how_many(shop, roofs, client_as):
    from halkhata.foundation.fields.models import Tag

    client, url, tag = client_as(shop.owner), reverse("work:queue"), Tag.objects.get()
    plain = client.get(url).content.decode()
    assert "Crack" in plain
    assert '<select name="cf_roof"' in plain
    for query in ("cf_roof=tin", f"tag={tag.pk}", f"cf_roof=tin&tag={tag.pk}", f"state=any&tag={tag.pk}"):
        answer = client.get(f"{url}?{query}")
        page = answer.content.decode()
        assert "Leak" in page, query
        assert "Crack" not in page, query
        assert answer.context["found"] == "1"
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{url}?{query}")
        # The page as it is takes twelve; besides, what is set up is asked for, and how many have each value.
        most = 13 + query.count("cf_") + query.count("tag=")
        assert len(queries) <= most, (query, len(queries))
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    assert len(queries) <= 12, [query["sql"][:90] for query in queries]
    for nothing in ("cf_roof=straw", "tag=999999", "cf_visit=2026-12-01"):
        assert "Leak" not in client.get(f"{url}?{nothing}").content.decode(), nothing


def test_a_value_that_many_tickets_have_is_found_as_well(shop, roofs, client_as, monkeypatch):
    from halkhata.foundation.fields.selectors import narrowing

    monkeypatch.setattr(narrowing, "FEW", 0)
    for query in ("cf_roof=tin", "state=any&cf_roof=tin"):
        page = client_as(shop.owner).get(f"{reverse('work:queue')}?{query}").content.decode()
        assert "Leak" in page, query
        assert "Crack" not in page, query


def test_a_view_that_is_kept_keeps_them(shop, roofs, client_as):
    client = client_as(shop.owner)
    client.post(reverse("work:view_new"), {"name": "Tin", "query": "cf_roof=tin&kind=complaint"})
    page = client.get(f"{reverse('work:queue')}?kind=complaint&cf_roof=tin").content.decode()
    assert 'href="?kind=complaint&amp;cf_roof=tin" aria-current="page"' in page or 'aria-current="page"' in page
    assert "Crack" not in page
