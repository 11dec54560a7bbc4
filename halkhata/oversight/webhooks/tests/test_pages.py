"""The settings pages of the webhooks: who gets in, what is set up, the list of calls given up."""

import re

import pytest

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.oversight.webhooks.models import WebhookDelivery, WebhookEndpoint
from halkhata.oversight.webhooks.services.endpoints import change_endpoint, create_endpoint, rotate_secret

FORM = {"url": "", "description": "Stock", "branch": "", "events": ["ticket.opened", "customer.created"]}


@pytest.fixture
def with_right(shop):
    """The agent with the right to set webhooks up."""
    role = shop.agent.role
    role.permissions = [*role.permissions, "webhook.edit"]
    role.save(update_fields=["permissions"])
    return User.objects.select_related("role", "branch").get(pk=shop.agent.pk)


def test_endpoint_is_set_up_and_its_secret_shown_once(client_as, shop, receiver):
    client = client_as(shop.owner)
    page = client.post("/webhooks/new/", {**FORM, "url": receiver.url})
    assert page.status_code == 200
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", page.content.decode()).group()
    assert page["Cache-Control"] == "no-store"
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.owner_id, endpoint.events) == (shop.owner.pk, ["ticket.opened", "customer.created"])
    for address in ("/webhooks/", f"/webhooks/{endpoint.pk}/", f"/webhooks/{endpoint.pk}/calls/"):
        body = client.get(address).content.decode()
        assert "Stock" in body or receiver.url in body
        assert secret not in body


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"url": "https://10.0.0.1/"}, "private network"),
        ({"url": "http://93.184.215.14/"}, "https://"),
        ({"url": ""}, "fill this in"),
        ({"events": []}, "at least one event"),
        ({"events": ["nonsense"]}, "from the list"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field_and_nothing_is_kept(client_as, shop, changed, words):
    page = client_as(shop.owner).post("/webhooks/new/", {**FORM, "url": "https://93.184.215.14/", **changed})
    assert page.status_code == 422
    assert words in page.content.decode()
    assert WebhookEndpoint.objects.count() == 0


def test_endpoint_is_changed_switched_off_given_a_new_secret_and_removed(client_as, shop, endpoint, receiver):
    hook = endpoint()
    client = client_as(shop.owner)
    values = {**FORM, "url": receiver.url, "branch": shop.branch.pk}
    assert client.post(f"/webhooks/{hook.pk}/", {**values, "is_active": "on"}).status_code == 302
    hook.refresh_from_db()
    assert (hook.branch_id, hook.is_active) == (shop.branch.pk, True)
    client.post(f"/webhooks/{hook.pk}/", values)
    hook.refresh_from_db()
    assert (hook.is_active, hook.off_reason) == (False, "person")
    assert b"whsec_" in client.post(f"/webhooks/{hook.pk}/secret/").content
    assert client.post(f"/webhooks/{hook.pk}/remove/").status_code == 302
    assert WebhookEndpoint.objects.count() == 0


def test_given_up_calls_are_listed_with_their_reason_and_sent_again(
    client_as, shop, endpoint, a_ticket, deliver, receiver
):
    hook = endpoint()
    receiver.statuses = [500]
    a_ticket(), a_ticket()
    deliver()
    WebhookDelivery.objects.update(state="dead", finished_at="2026-11-22T10:00:00Z", last_error="http_500", attempts=9)
    client = client_as(shop.owner)
    page = client.get(f"/webhooks/{hook.pk}/calls/").content.decode()
    assert "The server answered with the error 500" in page
    first, second = WebhookDelivery.objects.order_by("pk")
    assert client.post(f"/webhooks/{hook.pk}/calls/{first.pk}/again/").status_code == 302
    first.refresh_from_db()
    assert (first.state, first.attempts) == ("pending", 0)
    assert client.post(f"/webhooks/{hook.pk}/calls/again/").status_code == 302
    second.refresh_from_db()
    assert second.state == "pending"
    receiver.statuses = [200]
    assert deliver() == 2
    assert "Delivered" in client.get(f"/webhooks/{hook.pk}/calls/?box=delivered").content.decode()
    assert client.get(f"/webhooks/{hook.pk}/calls/?box=nonsense&before=x").status_code == 200


ADDRESSES = ["/webhooks/", "/webhooks/new/", "/webhooks/{pk}/", "/webhooks/{pk}/calls/"]
ACTS = ["/webhooks/{pk}/secret/", "/webhooks/{pk}/remove/", "/webhooks/{pk}/calls/again/"]


@pytest.mark.parametrize("address", ADDRESSES + ACTS)
def test_without_the_right_the_door_is_shut(client_as, shop, endpoint, address):
    hook = endpoint()
    client = client_as(shop.manager)
    send = client.get if address in ADDRESSES else client.post
    assert send(address.format(pk=hook.pk)).status_code == 403
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize("address", ADDRESSES[2:] + ACTS)
def test_somebody_elses_endpoint_is_as_if_there_were_none(client_as, with_right, endpoint, address):
    hook = endpoint()
    client = client_as(with_right)
    send = client.get if address in ADDRESSES else client.post
    answers = [send(address.format(pk=pk)) for pk in (hook.pk, 999999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    hook.refresh_from_db()
    assert hook.version == 1


def test_services_refuse_what_the_pages_do_not_offer(shop, with_right, endpoint, receiver):
    from halkhata.foundation.accounts.services.branches import create_branch

    far = create_branch(actor=None, name_en="Far")
    hook = endpoint()
    with pytest.raises(PermissionRefused):
        create_endpoint(actor=shop.manager, url=receiver.url, events=["ticket.opened"])
    with pytest.raises(PermissionRefused):  # no right to see survey answers
        create_endpoint(actor=with_right, url=receiver.url, events=["survey.answered"])
    with pytest.raises(NotFound):
        create_endpoint(actor=with_right, url=receiver.url, events=["ticket.opened"], branch=far)
    with pytest.raises(NotFound):
        rotate_secret(actor=with_right, endpoint=hook)
    with pytest.raises(Conflict):
        change_endpoint(actor=shop.owner, endpoint=hook, version=99, description="x")
    with pytest.raises(DomainError):
        change_endpoint(actor=shop.owner, endpoint=hook, events=[])
    with pytest.raises(TypeError):
        change_endpoint(actor=shop.owner, endpoint=hook, owner=with_right)
    assert WebhookEndpoint.objects.get().version == 1
