"""Files that staff send along: they go with the answer, they stay with the ticket, and none has to be chosen twice."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services import attaching
from halkhata.desks.tickets.services.answering import answer_ticket
from halkhata.desks.tickets.tests.conftest import make_ticket
from halkhata.engines.messaging.models import Delivery, Mailbox, Message
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.engines.messaging.services.sending import send_one
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.files.models import StoredFile

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return out.getvalue()


def photo(name="ত্রুটি.jpg"):
    return SimpleUploadedFile(name, picture(), "image/jpeg")


def bill(name="bill.pdf"):
    return SimpleUploadedFile(name, PDF, "application/pdf")


def url(name, ticket):
    return reverse(f"tickets:{name}", args=[ticket.number])


def names(message):
    return [part.file.original_name for part in message.attachments.order_by("pk")]


def waiting(page):
    return re.findall(r'name="waiting_file" value="([^"]+)" checked', page.content.decode())


def test_answer_carries_the_chosen_files_to_the_customer(desk, ticket, client_as, smtp_server):
    Mailbox.objects.update(smtp_host=smtp_server.host, smtp_port=smtp_server.port, smtp_security="none")
    sent = client_as(desk.agent).post(
        url("reply", ticket), {"body": "The bill again.", "attachments": [bill(), photo()]}
    )
    assert sent.status_code == 302
    assert send_one(Delivery.objects.get().pk) == "sent"
    mail = smtp_server.wait_for(1)[0].message
    carried = {part.get_filename(): part for part in mail.iter_attachments()}
    assert set(carried) == {"bill.pdf", "ত্রুটি.jpg"}
    assert carried["bill.pdf"].get_content_type() == "application/pdf"
    assert carried["bill.pdf"].get_payload(decode=True) == PDF
    assert carried["ত্রুটি.jpg"].get_payload(decode=True) == picture()


def test_files_are_shown_with_their_size_in_the_readers_digits(desk, ticket, client_as):
    client_as(desk.agent).post(url("note", ticket), {"body": "The memo", "attachments": [bill("মেমো.pdf"), photo()]})
    message = Message.objects.get(direction="note")
    assert names(message) == ["মেমো.pdf", "ত্রুটি.jpg"]
    link = reverse("files:download", args=[message.attachments.first().file_id, "মেমো.pdf"])
    english = client_as(desk.agent).get(url("detail", ticket)).content.decode()
    assert link in english
    assert f"{len(PDF)}\u00a0bytes" in english
    bengali = client_as(desk.agent, language="bn").get(url("detail", ticket)).content.decode()
    assert "".join("০১২৩৪৫৬৭৮৯"[int(digit)] for digit in str(len(PDF))) in bengali


def test_file_opens_for_those_who_see_the_ticket_and_for_nobody_else(desk, ticket, client_as):
    client_as(desk.agent).post(url("note", ticket), {"body": "The memo", "attachments": [bill()]})
    file = StoredFile.objects.get()
    address = reverse("files:download", args=[file.pk, "bill.pdf"])
    opened = client_as(desk.agent).get(address)
    assert (opened.status_code, opened.content) == (200, PDF)
    other = Branch.objects.create(code="other", name_en="Other")
    Branch.objects.filter(pk=other.pk).update(path=f"/{other.pk}/")
    Ticket.objects.filter(pk=ticket.pk).update(owner=desk.agent)
    desk.agent2.teams.clear()
    User.objects.filter(pk=desk.agent2.pk).update(branch=other)
    assert client_as(User.objects.get(pk=desk.agent2.pk)).get(address).status_code == 404


def test_new_ticket_takes_files_with_the_callers_words(desk, rahima, client_as):
    client = client_as(desk.agent)
    page = client.get(reverse("tickets:new") + f"?customer={rahima.pk}").content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert re.search(r'<input type="file"[^>]*accept="image/\*[^>]*multiple', page)
    data = {"text": "Broken", "channel": "counter", "kind": "complaint", "impact": "medium", "urgency": "medium",
            "customer": rahima.pk, "token": "t1", "attachments": [photo(), bill()]}  # fmt: skip
    assert client.post(reverse("tickets:new"), data).status_code == 302
    assert names(Message.objects.get(direction="in")) == ["ত্রুটি.jpg", "bill.pdf"]


def test_files_survive_the_question_which_ticket_is_meant(desk, rahima, client_as):
    known = make_ticket(desk, rahima)
    client = client_as(desk.agent)
    data = {"text": "Look at this", "channel": "counter", "kind": "complaint", "impact": "medium",
            "urgency": "medium", "phone": "01100000001", "token": "t2"}  # fmt: skip
    asked = client.post(reverse("tickets:new"), {**data, "attachments": [photo()]})
    assert asked.status_code == 409
    tokens = waiting(asked)
    assert len(tokens) == 1
    again = client.post(reverse("tickets:new"), {**data, "who": str(rahima.pk), "waiting_file": tokens})
    assert again.status_code == 200
    assert "ত্রুটি.jpg" in again.content.decode()
    done = client.post(
        reverse("tickets:new"),
        {**data, "customer": rahima.pk, "add_to": known.number, "waiting_file": waiting(again)},
    )
    assert done.headers["Location"] == url("detail", known)
    assert names(Message.objects.filter(direction="in").latest("pk")) == ["ত্রুটি.jpg"]
    assert StoredFile.objects.count() == 1


def test_files_wait_when_the_text_must_be_looked_at_again(desk, ticket, client_as):
    client = client_as(desk.agent)
    page = client.post(url("reply", ticket), {"body": "", "attachments": [photo(), bill()]})
    assert page.status_code == 422
    tokens = waiting(page)
    assert len(tokens) == 2
    # The second is unticked, a third is chosen now.
    sent = client.post(
        url("reply", ticket), {"body": "Here", "waiting_file": tokens[:1], "attachments": [bill("letter.pdf")]}
    )
    assert sent.status_code == 302
    assert names(Message.objects.get(direction="out")) == ["ত্রুটি.jpg", "letter.pdf"]


def test_files_wait_while_a_newer_message_is_read(desk, ticket, client_as):
    client = client_as(desk.agent)
    seen = Message.objects.latest("pk").pk
    add_customer_message(actor=None, item=ticket, channel="email", text="Wait", from_address="rahima@example.com")
    held = client.post(url("reply", ticket), {"body": "Here", "seen": seen, "attachments": [bill()]})
    assert held.status_code == 409
    seen = re.search(r'name="seen" value="(\d+)"', held.content.decode()).group(1)
    sent = client.post(url("reply", ticket), {"body": "Here", "seen": seen, "waiting_file": waiting(held)})
    assert sent.status_code == 302
    assert names(Message.objects.get(direction="out")) == ["bill.pdf"]


def test_waiting_file_of_somebody_else_or_none_of_ours_is_left_out(desk, ticket, client_as):
    page = client_as(desk.agent2).post(url("note", ticket), {"body": "", "attachments": [bill()]})
    (foreign,) = waiting(page)
    sent = client_as(desk.agent).post(url("note", ticket), {"body": "Hm", "waiting_file": [foreign, "1", "x:y:z"]})
    assert sent.status_code == 302
    assert names(Message.objects.get(direction="note")) == []


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SimpleUploadedFile("setup.exe", b"MZ" + b"\0" * 200), "is a program or a web page"),
        (SimpleUploadedFile("photo.jpg", b"MZ" + b"\0" * 200), "is a program or a web page"),
        (SimpleUploadedFile("offer.pdf", b"<!doctype html><script>alert(1)</script>"), "is a program or a web page"),
        (SimpleUploadedFile("run.bat. ", b"echo hello there"), "is a program or a web page"),
        (SimpleUploadedFile("nothing.pdf", b""), "is empty"),
    ],
)
def test_refused_file_is_told_at_its_field_and_the_text_stays(desk, ticket, client_as, digest, file, said):
    before = digest()
    for name in ("reply", "note"):
        file.seek(0)
        page = client_as(desk.agent).post(url(name, ticket), {"body": "My long text", "attachments": [file]})
        text = page.content.decode()
        assert page.status_code == 422
        assert said in re.search(rf'id="{name}-attachments_error".*?</p>', text, re.S).group()
        assert "My long text</textarea>" in text
        assert text.count(said) == 1
    assert digest() == before
    assert not StoredFile.objects.exists()


def test_eleven_files_are_one_too_many_also_with_those_that_wait(desk, ticket, client_as):
    client = client_as(desk.agent, language="bn")

    def many(count):
        return [bill(f"{number}.pdf") for number in range(count)]

    page = client.post(url("note", ticket), {"body": "Hm", "attachments": many(11)})
    assert page.status_code == 422
    first = client.post(url("note", ticket), {"body": "", "attachments": many(10)})
    assert len(waiting(first)) == 10
    page = client.post(url("note", ticket), {"body": "Hm", "waiting_file": waiting(first), "attachments": [bill()]})
    assert page.status_code == 422
    assert 'id="note-attachments_error"' in page.content.decode()
    assert not Message.objects.filter(direction="note").exists()


def test_mail_that_is_too_large_is_refused_before_anything_is_sent(desk, ticket, client_as, digest, monkeypatch):
    monkeypatch.setattr(attaching, "MOST_BYTES_BY_MAIL", 100)
    before = digest()
    page = client_as(desk.agent).post(
        url("reply", ticket), {"body": "My long text", "attachments": [bill(), bill("b.pdf")]}
    )
    text = page.content.decode()
    assert (page.status_code, digest()) == (422, before)
    assert "too large" in re.search(r'id="reply-attachments_error".*?</p>', text, re.S).group()
    assert "My long text</textarea>" in text
    assert len(waiting(page)) == 2
    # One of them alone fits, and a note may carry both.
    monkeypatch.setattr(attaching, "MOST_BYTES_BY_MAIL", len(PDF))
    sent = client_as(desk.agent).post(url("reply", ticket), {"body": "x", "waiting_file": waiting(page)[:1]})
    assert sent.status_code == 302
    note = client_as(desk.agent).post(url("note", ticket), {"body": "x", "waiting_file": waiting(page)})
    assert note.status_code == 302


def test_limit_of_a_mail_counts_all_its_files(desk, ticket, digest):
    half = attaching.MOST_BYTES_BY_MAIL // 2
    rows = [
        StoredFile.objects.create(original_name="a", content_type="image/jpeg", size=half + n, sha256=f"{n}", path="a")
        for n in range(2)
    ]
    before = digest()
    with pytest.raises(DomainError) as refused:
        answer_ticket(actor=desk.agent, ticket=ticket, text="Here", files=rows)
    assert (refused.value.code, refused.value.field, digest()) == ("files_too_large", "files", before)
    StoredFile.objects.filter(pk=rows[1].pk).update(size=half)
    attaching.check_fits_mail(StoredFile.objects.all())
