"""Any bytes at all, exactly once (A52.1, F11, F12, F24, F29)."""

import importlib.util
import random
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging import jobs
from halkhata.engines.messaging.models import InboundRaw, Message
from halkhata.engines.messaging.services import inbound, placing
from halkhata.engines.messaging.services.inbound import ingest, process_raw, store_raw
from halkhata.engines.messaging.tests.mails import make_mailbox, raw_mail
from halkhata.foundation.core.models import OutboxEvent

pytestmark = pytest.mark.django_db

OUTCOMES = {"ticket_opened", "reply_added", "bounce", "auto_reply", "loop_stopped", "duplicate", "quarantined"}


@pytest.fixture
def ready(shop):
    make_mailbox(shop)
    return shop


def test_same_bytes_twice_are_one_ticket(ready):
    first = ingest(raw_mail())
    second = ingest(raw_mail())
    assert (first.outcome, second.outcome) == ("ticket_opened", "duplicate")
    assert (second.ticket, second.customer) == (first.ticket, first.customer)
    assert InboundRaw.objects.count() == 1
    assert Ticket.objects.count() == 1


def test_same_mail_by_another_road_is_one_ticket(ready):
    """Other bytes (another Received line), same Message-ID, sender and text."""
    first = ingest(raw_mail(received="from a by b; Sun, 22 Nov 2026 09:00:00 +0600"))
    second = ingest(raw_mail(received="from c by d; Sun, 22 Nov 2026 09:00:05 +0600"))
    assert (second.outcome, second.ticket) == ("duplicate", first.ticket)
    assert Ticket.objects.count() == 1


def test_reused_message_id_with_another_text_is_another_mail(ready):
    ingest(raw_mail("The first matter"))
    assert ingest(raw_mail("A wholly different matter")).outcome == "ticket_opened"
    assert Ticket.objects.count() == 2


def test_processing_three_times_makes_one_message(ready):
    row, _created = store_raw(mailbox=None, provider_id="1:1", raw=raw_mail())
    results = [process_raw(row.pk) for _ in range(3)]
    assert [result.outcome for result in results] == ["ticket_opened"] * 3
    assert len({result.ticket for result in results}) == 1
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(b"", "empty"), (b" \r\n ", "empty"), (b"\x89PNG\r\n\x1a\n\0\0", "not_mail"), (b"\0", "empty")],
)
def test_bytes_that_are_no_mail_wait_in_view(ready, raw, reason):
    result = ingest(raw)
    assert (result.outcome, result.reason, result.ticket) == ("quarantined", reason, None)
    assert bytes(InboundRaw.objects.get().body) == raw
    assert OutboxEvent.objects.filter(name="message.quarantined").count() == 1


def test_nul_bytes_and_half_surrogates_are_stored_harmlessly(ready):
    nasty = "Su\0bj\ud800ect".encode("utf-8", "surrogatepass")
    raw = (
        b"From: =?utf-8?b?S2FyaW0A?= <karim@example.com>\r\n"
        b"To: complaints@shop.example.com, =?utf-8?q?a=00b?= <x@y.test>\r\n"
        b"Message-ID: <nul\x00id@example.com>\r\nReferences: <a\x00b@x> <c\xed\xa0\x80d@x>\r\n"
        b"Subject: " + nasty + b"\r\n"
        b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Noise \x00 and \xed\xa0\x80 more &#0; &#xD800;</p>\r\n"
    )  # fmt: skip
    result = ingest(raw)
    assert result.outcome == "ticket_opened"
    message = Message.objects.get()
    stored = repr([message.text, message.full_text, message.raw_html, message.subject, message.message_id,
                   message.references, message.to_addresses, message.author_label])  # fmt: skip
    assert "\\x00" not in stored
    assert "\\ud800" not in stored


def test_mail_without_text_or_subject_gets_a_ticket(ready):
    result = ingest(raw_mail("", subject=""))
    assert result.outcome == "ticket_opened"
    assert Ticket.objects.get().subject != ""


def test_sender_nobody_could_answer_waits_in_view(ready):
    result = ingest(raw_mail(**{"from": "root@localhost"}))
    assert result.outcome in {"quarantined", "ticket_opened"}
    if result.outcome == "quarantined":
        assert result.reason == "sender_invalid_email"


def test_poison_mail_is_quarantined_after_five_tries_and_the_next_go_on(ready, monkeypatch):
    real = placing.open_for_mail

    def poisoned(*, parsed, **values):
        if "poison" in parsed.subject:
            raise ValueError("broken \0 by this mail")
        return real(parsed=parsed, **values)

    monkeypatch.setattr(placing, "open_for_mail", poisoned)
    poison, _created = store_raw(mailbox=None, provider_id="1:1", raw=raw_mail(subject="poison"))
    good = [store_raw(mailbox=None, provider_id=f"1:{n}", raw=raw_mail(f"m {n}", number=n))[0] for n in range(2, 5)]
    assert jobs.process_waiting_mail.func() == 4
    assert set(InboundRaw.objects.filter(pk__in=[row.pk for row in good]).values_list("state", flat=True)) == {
        "processed"
    }
    for tries in range(2, 6):
        poison.refresh_from_db()
        assert (poison.state, poison.attempts) == ("stored", tries - 1)
        InboundRaw.objects.update(next_try_at="2026-01-01T00:00Z")
        jobs.process_waiting_mail.func()
    poison.refresh_from_db()
    assert (poison.state, poison.reason, poison.subject) == ("quarantined", "failed_often", "poison")
    assert "ValueError" in poison.detail
    assert Message.objects.count() == 3


def test_mail_that_kills_its_worker_each_time_is_quarantined(ready, monkeypatch):
    """A try is counted before it begins, so even a mail that crashes the process ends in view."""
    row, _created = store_raw(mailbox=None, provider_id="1:1", raw=raw_mail())

    def crash(_raw):
        raise KeyboardInterrupt

    monkeypatch.setattr(inbound, "parse_mail", crash)
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            process_raw(row.pk)
    assert process_raw(row.pk).reason == "failed_often"


def test_database_away_counts_against_nobody_and_loses_nothing(ready, monkeypatch):
    row, _created = store_raw(mailbox=None, provider_id="1:1", raw=raw_mail())

    def away(**_values):
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(inbound, "place_mail", away)
        with pytest.raises(OperationalError):
            process_raw(row.pk)
    assert process_raw(row.pk).outcome == "ticket_opened"


def test_attachments_are_kept_with_the_message(ready):
    raw = (
        b"From: karim@example.com\r\nTo: complaints@shop.example.com\r\nSubject: Photo\r\n"
        b"Message-ID: <p@example.com>\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nSee photo\r\n"
        b'--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="../../etc/x.txt"\r\n\r\n'
        b"hello\r\n--b--\r\n"
    )
    ingest(raw)
    [part] = Message.objects.get().attachments.all()
    assert "/" not in part.file.original_name
    from halkhata.foundation.files.services.storing import read_file

    assert read_file(part.file).strip() == b"hello"


@pytest.mark.needs_cpython_test_data
def test_every_mail_of_cpython_ends_in_an_outcome_and_none_stops_the_loop(ready):
    spec = importlib.util.find_spec("test.test_email")
    assert spec is not None
    folder = Path(spec.submodule_search_locations[0]) / "data"
    files = sorted(path for path in folder.iterdir() if path.is_file())
    assert len(files) > 40
    for file in files:
        result = ingest(file.read_bytes())
        assert result.outcome in OUTCOMES, file.name
        assert result.reason != inbound.WILL_BE_RETRIED, file.name
        assert result.reason != "failed_often", (file.name, InboundRaw.objects.get(pk=result.raw_id).detail)
    assert not InboundRaw.objects.filter(state="stored").exists()
    assert InboundRaw.objects.filter(state="processed").count() + InboundRaw.objects.filter(
        state="quarantined"
    ).count() == len({file.read_bytes() for file in files})


def test_mutated_mails_end_in_an_outcome(ready):
    """Random damage to a mail with every part: 150 mutations, each a ticket or a row in view (F24)."""
    chance = random.Random(24)
    seed = bytearray(raw_mail("Text " * 20, references="<a@x> <b@y>", reply_to="x@y.test", cc="a@b.test"))
    for number in range(150):
        mail = bytearray(seed)
        for _ in range(chance.randint(1, 30)):
            place = chance.randrange(len(mail))
            mail[place : place + chance.randint(0, 3)] = bytes(
                chance.randrange(256) for _ in range(chance.randint(0, 4))
            )
        result = ingest(bytes(mail))
        assert result.outcome in OUTCOMES, number
        assert result.reason not in {inbound.WILL_BE_RETRIED, "failed_often"}, (
            number, InboundRaw.objects.get(pk=result.raw_id).detail,
        )  # fmt: skip
    assert connection.is_usable()


@pytest.mark.django_db(transaction=True)
def test_two_threads_with_two_first_mails_of_a_stranger_make_one_customer(shop):
    import threading

    from halkhata.records.customers.models import Customer

    make_mailbox(shop)
    rows = [store_raw(mailbox=None, provider_id=f"1:{n}", raw=raw_mail(f"Matter {n}", number=n))[0] for n in range(6)]
    gate, errors = threading.Barrier(3), []

    def run(pks) -> None:
        try:
            gate.wait()
            for pk in pks:
                process_raw(pk)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    # The third thread does the same mails as the first: each mail once all the same.
    shares = [rows[:3], rows[3:], rows[:3]]
    threads = [threading.Thread(target=run, args=([row.pk for row in share],)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Customer.objects.count() == 1
    assert Ticket.objects.count() == 6
    assert Message.objects.count() == 6
