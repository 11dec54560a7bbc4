"""Reading a real IMAP mailbox (F11, F12, F25)."""

import imaplib

import pytest
from django.utils import translation

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging import jobs
from halkhata.engines.messaging.models import InboundRaw, Mailbox
from halkhata.engines.messaging.selectors.error_words import words_for
from halkhata.engines.messaging.services import fetching
from halkhata.engines.messaging.services.fetching import FetchError, fetch_mailbox, start_from_now
from halkhata.engines.messaging.services.mailboxes import try_reading
from halkhata.engines.messaging.services.passwords import store_password
from halkhata.engines.messaging.tests.mails import make_mailbox, raw_mail
from halkhata.foundation.core.models import Installation

pytestmark = [pytest.mark.django_db, pytest.mark.needs_dovecot]


@pytest.fixture
def box(shop, dovecot) -> Mailbox:
    return make_mailbox(
        shop, imap_host=dovecot.host, imap_port=dovecot.port, imap_security=Mailbox.NONE, imap_username=dovecot.user,
        imap_password=dovecot.password,
    )  # fmt: skip


def _fetch() -> int:
    return jobs.fetch_one_mailbox.func(Mailbox.objects.get().pk)


def test_mail_in_the_mailbox_becomes_tickets_once(box, dovecot):
    for number in range(3):
        dovecot.deliver(raw_mail(f"Matter {number}", number=number))
    assert _fetch() == 3
    assert _fetch() == 0
    assert Ticket.objects.count() == 3
    box.refresh_from_db()
    assert box.last_fetch_at is not None
    assert box.last_fetch_error == ""
    client = dovecot.client()
    client.select("INBOX")
    assert client.search(None, "UNSEEN")[1] == [b""]
    client.logout()


def test_mail_that_a_person_has_read_is_not_missed(box, dovecot):
    dovecot.deliver(raw_mail())
    client = dovecot.client()
    client.select("INBOX")
    client.store("1", "+FLAGS", r"(\Seen)")
    client.logout()
    assert _fetch() == 1


def test_change_of_uidvalidity_brings_nothing_twice_and_misses_nothing(box, dovecot):
    for number in range(5):
        dovecot.deliver(raw_mail(f"Matter {number}", number=number))
    assert _fetch() == 5
    before = Mailbox.objects.get().imap_uidvalidity
    dovecot.stop()
    for file in dovecot.maildir.iterdir():
        if file.name.startswith("dovecot"):
            file.unlink()
    (dovecot.maildir / "dovecot-uidlist").write_text(f"3 V{before + 1000} N1\n")
    import os

    os.chown(dovecot.maildir / "dovecot-uidlist", dovecot._owner.pw_uid, dovecot._owner.pw_gid)
    dovecot.deliver(raw_mail("A new one", number=99))
    dovecot.start()
    assert _fetch() == 1
    assert Mailbox.objects.get().imap_uidvalidity != before
    assert InboundRaw.objects.count() == Ticket.objects.count() == 6


def test_server_away_is_said_in_words_and_the_next_time_works(box, dovecot):
    dovecot.deliver(raw_mail())
    dovecot.stop()
    assert _fetch() == 0
    assert "refused" in Mailbox.objects.get().last_fetch_error.lower()
    dovecot.start()
    assert _fetch() == 1
    assert Mailbox.objects.get().last_fetch_error == ""


def test_wrong_password_is_said_in_words(box):
    store_password(box, "imap", "wrong")
    box.save()
    trial = try_reading(Mailbox.objects.get())
    assert (trial.works, trial.code) == (False, "sign_in_refused")
    assert Mailbox.objects.get().last_fetch_code == "sign_in_refused"
    with translation.override("en"):
        assert words_for(trial.code) == "User name or password were refused. Some providers ask for an app password."


def test_connection_cut_at_every_point_loses_and_doubles_nothing(box, dovecot, monkeypatch):
    """The connection drops before or after each command, 40 times (F11)."""
    for number in range(12):
        dovecot.deliver(raw_mail(f"Matter {number}", number=number))
    real, state = imaplib.IMAP4.uid, {"calls": 0, "cut_at": 0, "after": False}

    def cutting(self, *arguments):
        state["calls"] += 1
        if state["calls"] == state["cut_at"]:
            if state["after"]:
                real(self, *arguments)
            self.shutdown()
            raise imaplib.IMAP4.abort("connection cut")
        return real(self, *arguments)

    monkeypatch.setattr(imaplib.IMAP4, "uid", cutting)
    cuts = 0
    for point in range(1, 21):
        for after in (False, True):
            state.update(calls=0, cut_at=point, after=after)
            try:
                fetch_mailbox(Mailbox.objects.get())
            except FetchError:
                cuts += 1
    state.update(calls=0, cut_at=0)
    fetch_mailbox(Mailbox.objects.get())
    jobs.process_waiting_mail.func()
    assert cuts >= 5
    assert InboundRaw.objects.count() == Ticket.objects.count() == 12


def test_mail_that_cannot_be_handed_over_stands_in_view_and_the_next_go_on(box, dovecot, monkeypatch):
    dovecot.deliver(raw_mail("First", number=1))
    assert _fetch() == 1
    dovecot.deliver(raw_mail("Poison", number=2))
    _real = fetching._one
    poison_uid = Mailbox.objects.get().imap_last_uid + 1

    def broken(client, uid):
        if uid == poison_uid:
            raise imaplib.IMAP4.abort("connection reset while reading")
        return _real(client, uid)

    monkeypatch.setattr(fetching, "_one", broken)
    client = dovecot.client()
    client.select("INBOX")
    client.logout()
    dovecot.deliver(raw_mail("Third", number=3))
    for _ in range(5):
        assert _fetch() == 0
    assert _fetch() == 2
    states = sorted(InboundRaw.objects.values_list("state", "reason"))
    assert states == [("processed", ""), ("processed", ""), ("quarantined", "not_mail")]
    assert str(poison_uid) in bytes(InboundRaw.objects.get(state="quarantined").body).decode()


def test_huge_mail_comes_in_as_its_header_with_a_note(box, dovecot, monkeypatch):
    Installation.objects.update(default_language="en")
    monkeypatch.setattr(fetching, "MAX_MAIL_BYTES", 50_000)
    dovecot.deliver(raw_mail("x" * 80_000, subject="Film of the noise"))
    assert _fetch() == 1
    ticket = Ticket.objects.get()
    assert ticket.subject == "Film of the noise"
    assert "Only its header was taken" in ticket.description
    assert InboundRaw.objects.get().size < 2_000
    assert _fetch() == 0


def test_start_from_now_leaves_old_mail_alone(box, dovecot):
    dovecot.deliver(raw_mail("Old", number=1))
    start_from_now(Mailbox.objects.get())
    dovecot.deliver(raw_mail("New", number=2))
    assert _fetch() == 1
    assert Ticket.objects.get().description == "New"
