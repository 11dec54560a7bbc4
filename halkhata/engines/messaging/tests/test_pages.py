"""The pages of this app: who gets in, what they show, what they change."""

import pytest
from django.urls import reverse

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.keys import unseal
from halkhata.engines.messaging.models import Delivery, InboundRaw, Mailbox, Message, Template
from halkhata.engines.messaging.selectors.thread import thread_of, thread_page
from halkhata.engines.messaging.selectors.trouble import Trouble, trouble_of
from halkhata.engines.messaging.services.conversations import add_note, log_call, send_reply
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.tests.mails import make_mailbox, raw_mail
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(shop):
    make_mailbox(shop)
    create_default_templates()
    return shop


def _quarantined() -> InboundRaw:
    assert ingest(b"\x89PNG\r\n\x1a\n\0\0\0 not a mail").outcome == "quarantined"
    return InboundRaw.objects.get(state="quarantined")


PAGES = ["quarantine", "outbox", "mailboxes", "mailbox_new", "templates", "template_new"]


@pytest.mark.parametrize("language", ["bn", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_page_opens_for_the_owner_and_not_for_the_agent(ready, client_as, name, language):
    url = reverse(f"messaging:{name}")
    assert client_as(ready.owner, language).get(url).status_code == 200
    assert client_as(ready.agent, language).get(url).status_code == 403


def test_quarantine_lists_the_mail_with_its_reason_in_words(ready, client_as):
    raw = _quarantined()
    page = client_as(ready.lead, "en").get(reverse("messaging:quarantine")).content.decode()
    assert "This is not a mail, or the mail server did not hand it over." in page
    detail = client_as(ready.lead, "en").get(reverse("messaging:quarantine_mail", args=[raw.pk]))
    assert detail.status_code == 200
    assert "Set aside" in detail.content.decode()


def test_raw_download_is_an_attachment_of_no_type(ready, client_as):
    raw = _quarantined()
    response = client_as(ready.lead).get(reverse("messaging:quarantine_raw", args=[raw.pk]))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == f'attachment; filename="mail-{raw.pk}.eml"'
    assert response.content == bytes(raw.body)


def test_set_aside_needs_a_reason_and_keeps_the_bytes(ready, client_as):
    raw = _quarantined()
    url = reverse("messaging:quarantine_aside", args=[raw.pk])
    client = client_as(ready.lead)
    assert client.post(url, {"note": " "}).status_code == 422
    raw.refresh_from_db()
    assert raw.state == "quarantined"
    assert client.post(url, {"note": "advertising"}).status_code == 302
    raw.refresh_from_db()
    assert (raw.state, raw.set_aside_note, raw.reason) == ("discarded", "advertising", "not_mail")
    assert bytes(raw.body).startswith(b"\x89PNG")


def test_ticket_is_opened_for_the_chosen_customer_once(ready, client_as):
    from halkhata.records.customers.services.customers import create_customer

    customer = create_customer(actor=ready.owner, name_en="Rina", phones=["01100000077"])
    raw = _quarantined()
    client = client_as(ready.lead)
    url = reverse("messaging:quarantine_open", args=[raw.pk])
    assert client.post(url, {}).status_code == 422  # nobody can be told as its sender
    assert Ticket.objects.count() == 0
    assert client.post(url, {"customer": customer.pk}).status_code == 302
    ticket = Ticket.objects.get()
    assert ticket.customer == customer
    assert Message.objects.get(raw=raw).conversation.item_id == ticket.pk
    raw.refresh_from_db()
    assert (raw.state, raw.outcome) == ("processed", "ticket_opened")
    assert client.post(url, {"customer": customer.pk}).status_code == 409
    assert Ticket.objects.count() == 1
    assert Delivery.objects.count() == 0


def test_try_again_after_setting_up_opens_the_ticket(shop, client_as):
    """Mail that came before anything was set up is not lost."""
    from halkhata.foundation.accounts.models import Branch

    Branch.objects.filter(pk=shop.branch.pk).update(is_active=False)
    assert ingest(raw_mail()).reason == "not_set_up"
    Branch.objects.filter(pk=shop.branch.pk).update(is_active=True)
    raw = InboundRaw.objects.get()
    response = client_as(shop.lead).post(reverse("messaging:quarantine_again", args=[raw.pk]))
    assert response.status_code == 302
    assert Ticket.objects.get().customer.contact_points.get().value == "karim@example.com"


def _delivery(ready, **fields) -> Delivery:
    item = WorkItem.objects.get(number=ingest(raw_mail()).ticket)
    reply = send_reply(actor=ready.agent, item=item, text="We look at it.")
    Delivery.objects.filter(message=reply).update(**fields)
    return Delivery.objects.get(message=reply)


def test_outbox_shows_what_is_in_doubt_and_sends_it_again_under_the_same_id(ready, client_as):
    delivery = _delivery(ready, state="in_doubt", last_error="worker stopped while sending", attempts=1)
    client = client_as(ready.lead)
    page = client.get(reverse("messaging:outbox")).content.decode()
    assert "karim@example.com" in page
    assert "It has arrived" in page
    before = delivery.message.message_id
    assert client.post(reverse("messaging:outbox_again", args=[delivery.pk])).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.message.message_id) == ("queued", before)
    # A second press finds nothing to decide.
    assert client.post(reverse("messaging:outbox_again", args=[delivery.pk])).status_code == 409


def test_settle_as_sent(ready, client_as):
    delivery = _delivery(ready, state="in_doubt", error_code="worker_stopped", attempts=1)
    assert client_as(ready.lead).post(reverse("messaging:outbox_settle", args=[delivery.pk])).status_code == 302
    delivery.refresh_from_db()
    assert trouble_of(delivery) == Trouble(), "the doubt is over"
    assert delivery.state == "sent"
    assert delivery.sent_at is not None


def test_reply_kept_back_keeps_the_promise_only_when_it_goes_out(shop, client_as):
    """Without a mailbox the answer waits, and the clock runs on until somebody sends it (A51.6)."""
    item = WorkItem.objects.get(number=ingest(raw_mail()).ticket)
    reply = send_reply(actor=shop.agent, item=item, text="Hello")
    assert reply.delivery.block_reason == "no_mailbox"
    assert not item.history.filter(kind="human_reply").exists()
    make_mailbox(shop)
    assert client_as(shop.lead).post(reverse("messaging:outbox_again", args=[reply.delivery.pk])).status_code == 302
    assert item.history.filter(kind="human_reply").count() == 1
    reply.delivery.refresh_from_db()
    assert reply.delivery.state == "queued"
    assert reply.delivery.mailbox is not None


def test_mailbox_password_is_sealed_and_never_shown(ready, client_as):
    client = client_as(ready.owner)
    values = {
        "name": "Service", "address": "Service@shop.example.com", "display_name": "Padma", "branch": ready.branch.pk,
        "opens_kind": "question", "is_active": "on", "imap_host": "", "imap_port": 993, "imap_security": "tls",
        "imap_username": "service", "imap_password": "p4ss word", "imap_folder": "INBOX", "smtp_host": "",
        "smtp_port": 587, "smtp_security": "starttls", "smtp_username": "service", "smtp_password": "other",
    }  # fmt: skip
    assert client.post(reverse("messaging:mailbox_new"), values).status_code == 302
    box = Mailbox.objects.get(address="service@shop.example.com")
    assert "p4ss" not in box.imap_password
    assert (unseal(box.imap_password), unseal(box.smtp_password)) == ("p4ss word", "other")
    url = reverse("messaging:mailbox", args=[box.pk])
    page = client.get(url).content.decode()
    assert "p4ss" not in page
    assert box.imap_password not in page
    assert client.post(url, {**values, "imap_password": "", "smtp_password": ""}).status_code == 302
    box.refresh_from_db()
    assert unseal(box.imap_password) == "p4ss word"
    assert client.post(reverse("messaging:mailbox_new"), values).status_code == 422
    from halkhata.foundation.audit.models import AuditEntry

    assert not any("p4ss" in str(entry.after) + str(entry.before) for entry in AuditEntry.objects.all())


def test_connection_test_says_in_words_what_is_wrong(ready, client_as):
    from tests.support.postgres import free_port

    box = Mailbox.objects.get()
    Mailbox.objects.filter(pk=box.pk).update(
        imap_host="127.0.0.1", imap_port=free_port(), imap_security="none", smtp_port=free_port()
    )
    page = client_as(ready.owner).post(reverse("messaging:mailbox_test", args=[box.pk])).content.decode()
    assert page.count("The server does not answer on this port.") == 2
    box.refresh_from_db()
    assert "refused" in box.last_send_error.lower()
    assert "refused" in box.last_fetch_error.lower()


def test_template_refuses_an_unknown_placeholder_and_runs_nothing(ready, client_as):
    client = client_as(ready.owner)
    template = Template.objects.get(code="received", language="en")
    url = reverse("messaging:template", args=[template.pk])
    values = {
        "code": "received", "channel": "email", "language": "en", "subject": "Hi {{ number }}", "is_active": "on",
        "body": "{{ secret_key }}", "links": "", "version": template.version,
    }  # fmt: skip
    assert client.post(url, values).status_code == 422
    body = "{{ customer }} {% load x %} ${7*7}"
    assert client.post(url, {**values, "body": body, "links": "Prices | https://shop.example.com/p"}).status_code == 302
    template.refresh_from_db()
    assert (template.body, template.version) == (body, 2)
    assert template.links == [{"label": "Prices", "url": "https://shop.example.com/p"}]
    assert client.post(url, {**values, "body": "older page"}).status_code == 409
    for link in ("Bad | javascript:alert(1)", "Bad | //evil.example.com", "no bar"):
        assert client.post(url, {**values, "body": "x", "version": 2, "links": link}).status_code == 422


def test_template_preview_shows_a_real_ticket(ready, client_as):
    result = ingest(raw_mail())
    template = Template.objects.get(code="received", language="en")
    url = reverse("messaging:template", args=[template.pk])
    page = client_as(ready.owner).get(url, {"number": result.ticket}).content.decode()
    assert f"Your number is {result.ticket}." in page
    assert "http://" in page or "https://" in page
    missing = client_as(ready.owner).get(url, {"number": "K-99999"}).content.decode()
    assert "There is no such ticket" in missing


HTML = (
    "From: Karim <karim@example.com>\r\nTo: complaints@shop.example.com\r\nSubject: Picture\r\n"
    "Message-ID: <html-1@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    '<p onclick="x()">Hello <script>alert(1)</script><img src="http://evil.example.com/t.gif" width="20" height="20">'
    '<form action="http://evil.example.com"><input></form></p>\r\n'
)


def test_original_is_sanitised_and_may_do_nothing(ready, client_as):
    ingest(HTML.encode())
    message = Message.objects.get(direction="in")
    response = client_as(ready.agent).get(reverse("messaging:original", args=[message.pk]))
    body = response.content.decode()
    assert response.status_code == 200
    for bad in ("<script", "onclick", "evil.example.com", "<form", "<input"):
        assert bad not in body
    policy = response["Content-Security-Policy"]
    assert policy.startswith("sandbox")
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy


def test_original_of_another_branch_is_not_found(ready, client_as):
    from halkhata.foundation.accounts.models import Branch
    from tests.support.fixtures_shop import make_user

    other = Branch.objects.create(code="other", name_en="Other", path="/other/")
    stranger = make_user("stranger", branch=other, role=ready.agent.role)
    ingest(HTML.encode())
    message = Message.objects.get(direction="in")
    assert client_as(stranger).get(reverse("messaging:original", args=[message.pk])).status_code == 404


def test_thread_shows_all_sides_and_counts_queries(ready, django_assert_num_queries, client_as):
    from django.template.loader import render_to_string
    from django.utils import translation

    item = WorkItem.objects.get(number=ingest(raw_mail("<b>bold</b> noise")).ticket)
    add_note(actor=ready.agent, item=item, text="Ask @mitu about the engine")
    send_reply(actor=ready.agent, item=item, text="We look at it.")
    log_call(actor=ready.agent, item=item, outbound=True, answered=True, text="Told him Sunday")
    with django_assert_num_queries(3):
        entries = thread_of(item, ready.lead)
    assert [entry.side for entry in entries] == ["in", "note", "out", "out"]
    with translation.override("en"):
        page = render_to_string("messaging/_thread.html", {"entries": thread_of(item, ready.lead), "user": ready.lead})
    assert "&lt;b&gt;bold&lt;/b&gt; noise" in page
    assert page.count("Internal note") == 1
    for number in range(30):
        add_note(actor=ready.agent, item=item, text=f"note {number}")
    with django_assert_num_queries(2):
        assert len(thread_of(item, ready.lead)) == 34
    from halkhata.engines.work.models import Notification

    assert Notification.objects.filter(verb="message.mentioned", user=ready.agent2).count() == 1


def test_thread_page_walks_back_without_loss_or_repeat(ready):
    item = WorkItem.objects.get(number=ingest(raw_mail()).ticket)
    at = now()
    for number in range(120):
        add_note(actor=ready.agent, item=item, text=f"note {number}", at=at)
    seen, before = [], None
    while True:
        page = thread_page(item, before=before)
        seen = [entry.pk for entry in page.entries] + seen
        if not page.older:
            break
        before = page.older
    assert len(seen) == len(set(seen)) == 121
    assert page.customer_address == "karim@example.com"
    assert thread_page(item, before="nonsense").entries[-1].pk == seen[-1]


def test_attachment_is_visible_only_through_a_visible_item(ready):
    from halkhata.engines.messaging.selectors.files import may_see_attachment
    from halkhata.foundation.accounts.models import Branch
    from halkhata.foundation.files.services.storing import store_file
    from tests.support.fixtures_shop import make_user

    item = WorkItem.objects.get(number=ingest(raw_mail()).ticket)
    file = store_file(name="a.txt", data=b"a")
    add_note(actor=ready.agent, item=item, text="see file", files=[file])
    other = Branch.objects.create(code="other", name_en="Other", path="/other/")
    stranger = make_user("stranger", branch=other, role=ready.agent.role)
    assert may_see_attachment(ready.agent2, file.pk) is True
    assert may_see_attachment(stranger, file.pk) is False


def test_note_cannot_have_an_address_not_even_by_raw_sql(ready):
    from django.db import IntegrityError, connection, transaction

    item = WorkItem.objects.get(number=ingest(raw_mail()).ticket)
    note = add_note(actor=ready.agent, item=item, text="secret")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE messaging_message SET from_address = 'x@example.com' WHERE id = %s", [note.pk])


@pytest.mark.parametrize("state", ["queued", "sending"])
def test_demo_mail_cannot_stand_in_the_queue_not_even_by_raw_sql(ready, state):
    from django.db import IntegrityError, connection, transaction

    delivery = _delivery(ready)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_delivery SET is_demo = %s, state = %s, lease_until = %s WHERE id = %s",
            [True, state, now(), delivery.pk],
        )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_delivery SET is_demo = %s, state = 'blocked' WHERE id = %s", [True, delivery.pk]
        )
