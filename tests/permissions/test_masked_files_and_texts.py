"""A reader who sees private fields masked: customers' files are asked for, texts hide their contact points (A56.15)."""

from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

from halkhata.desks.tickets.services.answering import add_internal_note, answer_ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.models import InboundRaw, Message
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.foundation.accounts.choices import PERMISSIONS
from halkhata.foundation.accounts.services.tokens import create_token
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import now
from halkhata.foundation.files.services.storing import store_file
from halkhata.foundation.files.services.thumbnails import make_thumbnail_of
from halkhata.records.customers.models import Address
from halkhata.records.customers.services.customers import create_customer
from tests.support.fixtures_shop import make_role, make_user

pytestmark = pytest.mark.django_db
# No number of Bangladesh by its form, and an address that no form can tell.
ABROAD, SPELT, PLACE = "+442079460123", "020 7946 0123", "House 12, Lane of Secrets"
MAIL, MAIL_SPELT = "rahima.secret@example.com", "rahima.secret (at) example (dot) com"


def reader(shop, name, *without):
    rights = [right for right in PERMISSIONS if right not in {"customer.see_private", *without}]
    return make_user(name, branch=shop.branch, role=make_role(name, level=4, scope="all", permissions=rights))


@pytest.fixture
def masked(shop):
    return reader(shop, "masked")


@pytest.fixture
def customer(shop):
    made = create_customer(actor=shop.agent, name_en="Rahima", phones=[ABROAD], emails=[MAIL], branch=shop.branch)
    Address.objects.create(customer=made, line=PLACE, district="Bogura")
    return made


@pytest.fixture
def ticket(shop, customer):
    text = f"Come to {PLACE.lower()}, call {SPELT} or write to {MAIL_SPELT}"
    found = open_ticket(
        actor=shop.agent, subject=f"Call {SPELT}", description=text, customer=customer, channel="email",
        branch=shop.branch, team=shop.team, owner=shop.agent, acknowledge=False,
    )  # fmt: skip
    add_customer_message(
        actor=None, item=found, channel="email", text=text, from_address=MAIL, customer=customer,
        files=[(store_file(name="card.png", data=picture()), "", False)],
    )  # fmt: skip
    answer_ticket(actor=shop.agent, ticket=found, text="Here", files=[store_file(name="ours.txt", data=b"our file")])
    return found


def picture():
    data = BytesIO()
    Image.new("RGB", (40, 40), "red").save(data, "PNG")
    return data.getvalue()


def theirs(ticket):
    return (
        Message.objects.get(conversation__item=ticket, direction="in", attachments__isnull=False).attachments.get().file
    )


def ours(ticket):
    return (
        Message.objects.get(conversation__item=ticket, direction="out", attachments__isnull=False)
        .attachments.get()
        .file
    )


def download(file):
    return reverse("files:download", args=[file.pk, file.original_name])


def ask(file):
    return reverse("messaging:unmask_file", args=[file.pk])


def unmaskings():
    return list(AuditEntry.objects.filter(action="customer.unmask").order_by("pk"))


# ---------------------------------------------------------------- files
def test_masked_reader_sees_the_name_and_must_ask_before_the_file_comes(ticket, customer, masked, client_as):
    file = theirs(ticket)
    make_thumbnail_of.func(file.pk)
    client = client_as(masked)
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "card.png" in page
    assert ask(file) in page
    assert download(file) not in page
    assert reverse("files:thumbnail", args=[file.pk]) not in page
    for address in (download(file), reverse("files:thumbnail", args=[file.pk])):
        assert client.get(address).headers["Location"] == ask(file)
    assert client.get(ask(file)).status_code == 200
    assert unmaskings() == []
    got = client.post(ask(file), {"field": "x", "reason": "The serial number stands on it"})
    assert got.content == picture()
    assert "attachment" in got.headers["Content-Disposition"]
    (entry,) = unmaskings()
    assert (entry.actor_id, entry.record_type, entry.record_id) == (masked.pk, "customers.customer", str(customer.pk))
    assert (entry.after["field"], entry.after["shown"]) == (f"file-{file.pk}", "card.png")
    # Each time anew.
    assert client.get(download(file)).status_code == 302


def test_our_own_files_are_not_asked_for(ticket, masked, client_as):
    got = client_as(masked).get(download(ours(ticket)))
    assert (got.status_code, got.content) == (200, b"our file")
    assert client_as(masked).get(ask(ours(ticket))).status_code == 404
    assert unmaskings() == []


def test_reader_who_may_not_unmask_sees_the_name_only(shop, ticket, client_as):
    client = client_as(reader(shop, "nameonly", "customer.unmask"))
    file = theirs(ticket)
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "card.png" in page
    assert ask(file) not in page
    assert download(file) not in page
    got = client.get(download(file), follow=True)
    assert got.status_code == 403
    assert client.post(ask(file), {"field": "x"}).status_code == 403
    assert unmaskings() == []


def test_ordinary_reader_is_asked_nothing(shop, ticket, client_as):
    client = client_as(shop.agent)
    assert client.get(download(theirs(ticket))).content == picture()
    assert ask(theirs(ticket)) not in client.get(f"/tickets/{ticket.number}/").content.decode()
    assert unmaskings() == []


def test_too_many_files_within_the_hour_are_refused(ticket, masked, client_as):
    client = client_as(masked)
    answers = [client.post(ask(theirs(ticket)), {"field": "x"}).status_code for _ in range(31)]
    assert answers == [200] * 30 + [422]
    assert len(unmaskings()) == 30


def test_by_the_api_each_download_is_written_down_or_refused(shop, ticket, masked, client):
    file = theirs(ticket)

    def get(user, *scopes):
        raw = create_token(actor=user, name="k", scopes=list(scopes))[1]
        return client.get(f"/api/v1/files/{file.pk}/content", headers={"authorization": f"Bearer {raw}"})

    refused = get(masked, "ticket.view")
    assert (refused.status_code, refused.json()["code"], unmaskings()) == (403, "scope_missing", [])
    assert get(masked, "ticket.view", "customer.unmask").content == picture()
    assert [entry.after["field"] for entry in unmaskings()] == [f"file-{file.pk}"]
    assert get(shop.agent, "ticket.view", "customer.see_private").content == picture()
    assert len(unmaskings()) == 1


def test_whole_mail_is_not_handed_to_a_masked_reader(shop, masked, client_as):
    raw = InboundRaw.objects.create(
        provider_id="1", sha256="0" * 64, size=5, body=b"From: a@example.com\r\n\r\nhi", received_at=now(),
        state="quarantined", outcome="quarantined",
    )  # fmt: skip
    path = reverse("messaging:quarantine_raw", args=[raw.pk])
    assert client_as(masked).get(path).status_code == 403
    assert client_as(shop.owner).get(path).status_code == 200


# ---------------------------------------------------------------- texts
def hidden(text):
    return [value for value in (SPELT, "79460123", "lane of secrets", "rahima.secret") if value in text.lower()]


@pytest.mark.parametrize("path", ["/tickets/{number}/", "/tickets/{number}/print/", "/search/?q=Rahima",
                                  "/search/?q={number}", "/work/queue/", "/tickets/"])  # fmt: skip
def test_texts_hide_the_contact_points_of_their_customer(ticket, masked, client_as, path):
    answer = client_as(masked).get(path.format(number=ticket.number), follow=True)
    assert answer.status_code == 200
    assert hidden(answer.content.decode()) == []


@pytest.mark.parametrize("path", ["/tickets/{number}", "/tickets/{number}/messages", "/tickets"])
def test_texts_are_hidden_by_the_api_too(ticket, masked, client, path):
    raw = create_token(actor=masked, name="k", scopes=["ticket.view"])[1]
    answer = client.get(f"/api/v1{path.format(number=ticket.number)}", headers={"authorization": f"Bearer {raw}"})
    assert answer.status_code == 200
    assert hidden(answer.content.decode()) == []


def test_ordinary_reader_reads_all_of_it(shop, ticket, client_as):
    """The twin: without the mask the same pages do hold them."""
    page = client_as(shop.agent).get(f"/tickets/{ticket.number}/").content.decode()
    assert set(hidden(page)) >= {SPELT, "lane of secrets", "rahima.secret"}


def test_note_of_a_colleague_hides_them_too_for_five_statements_more(shop, ticket, masked, client_as):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    add_internal_note(actor=shop.agent, ticket=ticket, text=f"tried {SPELT} twice")
    rights = make_role("seeing", level=4, scope="all", permissions=list(PERMISSIONS))
    counts = []
    for user in (make_user("seeing", branch=shop.branch, role=rights), masked):
        client = client_as(user)
        client.get(f"/tickets/{ticket.number}/")
        with CaptureQueriesContext(connection) as seen:
            page = client.get(f"/tickets/{ticket.number}/").content.decode()
        counts.append(len(seen))
    assert hidden(page) == []
    assert "tried" in page
    # The shop's own numbers, of branches and of service centres, which stay; contact points and addresses are hidden.
    assert counts[1] <= counts[0] + 5, counts
