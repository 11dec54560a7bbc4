"""Mail servers that break at every point: nothing lost, nothing twice, what nobody knows is shown (F07 to F12).

HALKHATA_DRILL makes the inbound drill as large as the reference asks: 1,000 mails and 200 cuts.
"""

import os
import random
import socket
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging import jobs
from halkhata.engines.messaging.models import Delivery, InboundRaw, Mailbox, Message, Suppression
from halkhata.engines.messaging.services import fetching, sending, smtp
from halkhata.engines.messaging.services.conversations import send_reply
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.services.participants import add_participant
from halkhata.engines.messaging.services.sending import send_one
from halkhata.engines.messaging.services.smtp import SmtpResult, Verdict
from halkhata.engines.messaging.tests.mails import KARIM, make_mailbox, raw_mail
from halkhata.engines.work.models import Notification, WorkItem
from halkhata.foundation.core.clock import moved_to, now
from tests.support.fake_imap import POINTS, FakeImap
from tests.support.postgres import free_port
from tests.support.scripted_smtp import CUT, CUT_AFTER, SILENCE, ScriptedSmtp

pytestmark = pytest.mark.django_db

FULL = bool(os.environ.get("HALKHATA_DRILL"))
MAILS, CUTS_EACH = (1_000, 8) if FULL else (100, 3)
MONI = "moni@example.net"


# ---- coming in


@pytest.fixture
def imap() -> Iterator[FakeImap]:
    server = FakeImap()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def inbox(shop, imap) -> Mailbox:
    return make_mailbox(
        shop, imap_host=imap.host, imap_port=imap.port, imap_security=Mailbox.NONE, imap_username="shop",
        imap_password="only-for-tests",
    )  # fmt: skip


def _fetch() -> int:
    """As the worker does: look into the mailbox, then process what is stored."""
    new = jobs.fetch_one_mailbox.func(Mailbox.objects.get().pk)
    jobs.process_waiting_mail.func()
    return new


def _fill(imap: FakeImap, count: int) -> None:
    imap.mails = {
        uid: raw_mail(f"Matter {uid}", sender=f"customer{uid}@example.com", number=uid) for uid in range(1, count + 1)
    }


def _each_is_here_once(count: int) -> None:
    ids = Counter(Message.objects.filter(direction="in").values_list("message_id", flat=True))
    assert ids == {f"<mail-{uid}@example.com>": 1 for uid in range(1, count + 1)}
    assert InboundRaw.objects.count() == Ticket.objects.count() == count
    assert set(InboundRaw.objects.values_list("state", flat=True)) == {"processed"}


def test_imap_cut_at_every_point_loses_and_doubles_nothing(inbox, imap):
    """F11. At each point the connection breaks several times, each time at another mail."""
    _fill(imap, MAILS)
    chance, left, hurt = random.Random(11), dict.fromkeys(POINTS, CUTS_EACH), Counter()

    def cut(point: str) -> bool:
        # Points of a session are met seldom, those of a mail often. A mail that breaks off five times is another case.
        of_a_mail = point.partition(":")[0] in {"SIZE", "BODY", "STORE"}
        if not left[point] or chance.random() > (0.02 if of_a_mail else 0.5) or (of_a_mail and hurt[imap.uid] >= 3):
            return False
        left[point] -= 1
        hurt[imap.uid] += of_a_mail
        return True

    imap.cut_at = cut
    rounds = 0
    while InboundRaw.objects.count() < MAILS or any(left.values()):
        rounds += 1
        assert rounds < 3_000, left
        if InboundRaw.objects.count() >= MAILS:
            # Everything is in: looking again from the start goes over the same points and must bring in nothing.
            Mailbox.objects.update(imap_last_uid=0)
        _fetch()
    assert sum(imap.cuts.values()) == len(POINTS) * CUTS_EACH
    assert len(imap.cuts) == len(POINTS) >= 20
    imap.cut_at = lambda point: False
    Mailbox.objects.update(imap_last_uid=0)
    assert _fetch() == 0
    _each_is_here_once(MAILS)
    box = Mailbox.objects.get()
    assert (box.last_fetch_code, box.fetch_failing_since) == ("", None)


@pytest.mark.parametrize("point", POINTS)
def test_single_cut_at_a_point_is_made_good_the_next_time(inbox, imap, point):
    _fill(imap, 3)
    once = iter([False, True]) if point.partition(":")[0] in {"SIZE", "BODY", "STORE"} else iter([True])
    imap.cut_at = lambda met: met == point and next(once, False)
    for _round in range(4):
        _fetch()
    assert imap.cuts[point] == 1
    _each_is_here_once(3)


def test_twin_who_acknowledges_before_storing_loses_a_mail(inbox, imap, monkeypatch):
    """The guard off: the mail counts as had before its bytes are committed."""
    _fill(imap, 3)
    real = fetching._one

    def early(client, uid):
        Mailbox.objects.update(imap_last_uid=uid)
        return real(client, uid)

    monkeypatch.setattr(fetching, "_one", early)
    once = iter([True])
    imap.cut_at = lambda met: met == "BODY:half" and imap.uid == 2 and next(once, False)
    for _round in range(4):
        _fetch()
    assert InboundRaw.objects.count() == 2


def test_mail_that_breaks_off_five_times_is_put_aside_and_the_next_go_on(inbox, imap):
    _fill(imap, 3)
    imap.cut_at = lambda point: point == "BODY:half" and imap.uid == 2
    for _round in range(8):
        _fetch()
    assert Counter(InboundRaw.objects.values_list("state", flat=True)) == {"processed": 2, "quarantined": 1}
    assert set(Message.objects.filter(direction="in").values_list("text", flat=True)) == {"Matter 1", "Matter 3"}


def test_new_uidvalidity_is_read_again_without_duplicates(inbox, imap):
    """F12: every mail under another number, one new among them, some marked as seen by a person."""
    _fill(imap, 30)
    assert _fetch() == 30
    imap.renumber()
    imap.mails[31] = raw_mail("Matter 31", sender="customer31@example.com", number=31)
    imap.seen = {3, 31}
    assert _fetch() == 1
    assert _fetch() == 0
    _each_is_here_once(31)
    assert Mailbox.objects.get().imap_uidvalidity == 2


def test_new_uidvalidity_and_a_cut_in_the_middle(inbox, imap):
    _fill(imap, 20)
    assert _fetch() == 20
    imap.renumber()
    once = iter([False] * 9 + [True])
    imap.cut_at = lambda met: met == "BODY:untagged" and next(once, False)
    for _round in range(3):
        _fetch()
    assert imap.cuts["BODY:untagged"] == 1
    _each_is_here_once(20)


def test_twin_who_trusts_the_uid_takes_everything_twice(inbox, imap, monkeypatch):
    """The guard off: the number of a mail instead of its content says whether it is new."""
    _fill(imap, 5)
    real = fetching.store_raw
    monkeypatch.setattr(
        fetching,
        "store_raw",
        lambda *, mailbox, provider_id, raw: real(
            mailbox=mailbox, provider_id=provider_id, raw=f"X-Number: {provider_id}\r\n".encode() + raw
        ),
    )
    assert _fetch() == 5
    imap.renumber()
    assert _fetch() == 5
    assert InboundRaw.objects.count() == 10


# ---- going out


@pytest.fixture
def server() -> Iterator[ScriptedSmtp]:
    one = ScriptedSmtp()
    one.start()
    yield one
    one.stop()


@pytest.fixture
def item(shop, server) -> WorkItem:
    make_mailbox(shop, smtp_host=server.host, smtp_port=server.port)
    return WorkItem.objects.get(number=ingest(raw_mail()).ticket)


def _reply(shop, item, text="We look at it.", **more) -> Delivery:
    return send_reply(actor=shop.agent, item=item, text=text, **more).delivery


def _plan(delivery: Delivery, *, tries: int) -> list[timedelta]:
    """Try again each time it is due; the pauses between the tries."""
    pauses = []
    for _try in range(tries):
        delivery.refresh_from_db()
        if delivery.state != "queued":
            break
        at = delivery.next_try_at
        with moved_to(at):
            send_one(delivery.pk)
        delivery.refresh_from_db()
        if delivery.state == "queued":
            pauses.append(delivery.next_try_at - at)
    return pauses


REFUSALS = {
    "refused connection": {},
    "unknown host": {"smtp_host": "no-such-host.invalid", "smtp_port": 587},
    "no TLS there": {"smtp_security": Mailbox.TLS},
    "no STARTTLS there": {"smtp_security": Mailbox.STARTTLS},
    "5xx greeting": {},
    "4xx greeting": {},
    "greeting cut": {},
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_dead_channel_is_tried_by_the_plan_and_loses_nothing(shop, item, server, monkeypatch, kind):
    """F07, F10: 1, 5, 15, 30 minutes, then hourly; a refusal on connect concerns the channel, not the mail."""
    real = socket.getaddrinfo

    def look_up(host, *more, **named):
        # The answer of every name server for this name (RFC 6761), without asking one.
        if host.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    if kind == "refused connection":
        server.stop()
        Mailbox.objects.update(smtp_port=free_port())
    words = {"5xx greeting": "554 go away", "4xx greeting": "421 later", "greeting cut": CUT}.get(kind, "")
    server.answer = lambda step, line: words if step == "connect" else ""
    Mailbox.objects.update(**REFUSALS[kind])
    delivery = _reply(shop, item)
    assert [pause.total_seconds() / 60 for pause in _plan(delivery, tries=6)] == [1, 5, 15, 30, 60, 60]
    box = Mailbox.objects.get()
    assert box.last_send_code != ""
    assert box.send_failing_since is not None
    assert not Suppression.objects.exists()
    assert not Notification.objects.filter(verb="message.failed").exists()
    # The server is back: the same mail goes out, once, and the light is green by itself.
    server.answer = lambda step, line: ""
    if kind != "refused connection":
        Mailbox.objects.update(smtp_host=server.host, smtp_port=server.port, smtp_security=Mailbox.NONE)
        _plan(delivery, tries=1)
        delivery.refresh_from_db()
        assert delivery.state == "sent"
        assert len(server.taken) == 1
        box.refresh_from_db()
        assert (box.last_send_code, box.send_failing_since) == ("", None)


def test_after_four_days_it_is_given_up_and_the_owner_is_told(shop, item, server):
    server.answer = lambda step, line: "451 later" if step == "RCPT" else ""
    delivery = _reply(shop, item)
    begun = delivery.queued_at
    pauses = _plan(delivery, tries=200)
    delivery.refresh_from_db()
    assert delivery.state == "failed"
    assert set(pauses[4:]) == {timedelta(hours=1)}
    assert timedelta(days=4) < sum(pauses, begun) - begun <= timedelta(days=4, hours=1)
    assert Notification.objects.filter(verb="message.failed", user=item.owner).count() == 1
    assert server.taken == []


def test_dead_channel_delays_no_other(shop, item, server, smtp_server):
    good = Mailbox.objects.create(
        name="Second", address="second@shop.example.com", branch=shop.branch, smtp_host=smtp_server.host,
        smtp_port=smtp_server.port, smtp_security=Mailbox.NONE,
    )  # fmt: skip
    server.answer = lambda step, line: "554 go away" if step == "connect" else ""
    stuck = [_reply(shop, item, f"Stuck {number}") for number in range(5)]
    other = WorkItem.objects.get(
        number=ingest(raw_mail("Other", sender="rina@example.com", number=2), mailbox=good).ticket
    )
    fine = [_reply(shop, other, f"Fine {number}") for number in range(5)]
    for delivery in [one for pair in zip(stuck, fine, strict=True) for one in pair]:
        send_one(delivery.pk)
    assert Counter(Delivery.objects.filter(mailbox=good).values_list("state", flat=True)) == {"sent": 5}
    # One knock at the closed door: the others wait.
    waiting = Delivery.objects.exclude(mailbox=good).filter(is_automatic=False).order_by("pk")
    assert list(waiting.values_list("attempts", flat=True)) == [1, 0, 0, 0, 0]


@pytest.mark.parametrize("step", ["connect", "EHLO", "MAIL", "RCPT", "DATA"])
def test_cut_before_the_dot_is_repeated_and_arrives_once(shop, item, server, step):
    once = iter([CUT])
    server.answer = lambda met, line: next(once, "") if met == step else ""
    delivery = _reply(shop, item)
    assert send_one(delivery.pk) == "queued"
    assert server.taken == []
    _plan(delivery, tries=2)
    delivery.refresh_from_db()
    assert delivery.state == "sent"
    assert len(server.taken) == 1


@pytest.mark.parametrize("fault", [CUT, CUT_AFTER, SILENCE])
def test_cut_after_the_dot_is_in_doubt_and_never_repeated(shop, item, server, monkeypatch, fault):
    """F08. Whether the server took it or not, nobody can know."""
    monkeypatch.setattr(smtp, "DATA_SECONDS", 0.3)
    server.answer = lambda step, line: fault if step == "." else ""
    delivery = _reply(shop, item)
    assert send_one(delivery.pk) == "in_doubt"
    assert len(server.taken) == (0 if fault == CUT else 1)
    server.answer = lambda step, line: ""
    for days in range(6):
        with moved_to(now() + timedelta(days=days)):
            jobs.send_due_mail.func()
            assert send_one(delivery.pk) == ""
    assert len(server.taken) == (0 if fault == CUT else 1)
    assert Notification.objects.filter(verb="message.in_doubt", user=item.owner).count() == 1


def test_twin_who_repeats_blindly_sends_twice(shop, item, server, monkeypatch):
    real = sending.deliver

    def blind(mailbox, **more):
        result = real(mailbox, **more)
        return SmtpResult(verdict=Verdict.TRY_LATER) if result.verdict == Verdict.IN_DOUBT else result

    monkeypatch.setattr(sending, "deliver", blind)
    once = iter([CUT_AFTER])
    server.answer = lambda step, line: next(once, "") if step == "." else ""
    delivery = _reply(shop, item)
    _plan(delivery, tries=3)
    assert len(server.taken) == 2


def test_time_limits_are_those_of_the_reference(shop, item, server, monkeypatch):
    assert (smtp.CONNECT_SECONDS, smtp.COMMAND_SECONDS, smtp.DATA_SECONDS) == (30, 60, 600)
    monkeypatch.setattr(smtp, "COMMAND_SECONDS", 0.3)
    server.answer = lambda step, line: SILENCE if step == "RCPT" else ""
    delivery = _reply(shop, item)
    assert send_one(delivery.pk) == "queued"
    delivery.refresh_from_db()
    assert delivery.error_code in {"timed_out", "connection_lost"}
    assert server.taken == []


def test_greylisted_mail_arrives_once_within_six_minutes(shop, item, server):
    """F09."""
    met = Counter()

    def grey(step: str, line: str) -> str:
        met[step] += 1
        return "451 4.7.1 greylisted" if step == "RCPT" and met[step] == 1 else ""

    server.answer = grey
    delivery = _reply(shop, item)
    pauses = _plan(delivery, tries=5)
    delivery.refresh_from_db()
    assert delivery.state == "sent"
    assert sum(pauses, timedelta()) <= timedelta(minutes=6)
    assert len(server.taken) == 1
    assert not Notification.objects.filter(verb__startswith="message.").exists()


def test_refused_copy_is_marked_told_and_hurts_nobody_else(shop, item, server):
    """F10, per recipient."""
    add_participant(actor=shop.agent, item=item, address=MONI)
    server.answer = lambda step, line: "550 5.1.1 no such user" if step == "RCPT" and MONI in line else ""
    delivery = _reply(shop, item, cc=[MONI])
    assert send_one(delivery.pk) == "sent"
    assert [people for people, _body in server.taken] == [[KARIM]]
    assert [one.address for one in Suppression.objects.all()] == [MONI]
    notice = Notification.objects.get(verb="message.copy_failed")
    assert (notice.user, notice.data["address"]) == (item.owner, MONI)


def test_refused_customer_fails_and_the_copy_still_gets_it(shop, item, server):
    add_participant(actor=shop.agent, item=item, address=MONI)
    server.answer = lambda step, line: "550 5.1.1 no such user" if step == "RCPT" and KARIM in line else ""
    delivery = _reply(shop, item, cc=[MONI])
    assert send_one(delivery.pk) == "failed"
    assert [people for people, _body in server.taken] == [[MONI]]
    assert [one.address for one in Suppression.objects.all()] == [KARIM]
    assert Notification.objects.filter(verb="message.failed", user=item.owner).count() == 1


@pytest.mark.parametrize(
    ("step", "words", "state", "code"),
    [
        (".", "554 5.7.1 looks like spam", "failed", "server_refused"),
        ("DATA", "554 no", "failed", "server_refused"),
        ("MAIL", "552 too large", "failed", "server_refused"),
        ("MAIL", "550 sign in first", "queued", "server_refuses_us"),
        ("RCPT", "452 full", "queued", "server_later"),
        (".", "451 later", "queued", "server_later"),
    ],
)
def test_refusal_is_judged_by_where_it_comes(shop, item, server, step, words, state, code):
    server.answer = lambda met, line: words if met == step else ""
    delivery = _reply(shop, item)
    assert send_one(delivery.pk) == state
    delivery.refresh_from_db()
    assert delivery.error_code == code
    assert not Suppression.objects.exists()
    assert server.taken == []
