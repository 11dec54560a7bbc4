"""A test of a text: to one's own address, marked, by the outgoing mail, and never to a customer (B.2)."""

from datetime import timedelta

import pytest
from django.utils import translation

from halkhata.engines.messaging import jobs
from halkhata.engines.messaging.models import Delivery, Message, Template, TemplateVersion, TrialMail
from halkhata.engines.messaging.services.after_restore import put_unsent_in_doubt
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.services.suppression import suppress
from halkhata.engines.messaging.services.template_values import FIELDS
from halkhata.engines.messaging.services.trial_sending import send_trial_now
from halkhata.engines.messaging.services.trials import MOST, send_me
from halkhata.engines.messaging.tests.mails import KARIM, make_mailbox, raw_mail
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.core.models import Job
from halkhata.foundation.files.services.storing import store_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(shop, smtp_server):
    make_mailbox(shop, smtp_host=smtp_server.host, smtp_port=smtp_server.port, uses_plus_address=True)
    create_default_templates()
    return shop


@pytest.fixture
def item(ready) -> WorkItem:
    number = ingest(raw_mail()).ticket
    run_until_quiet()  # the customer's own acknowledgement goes out
    return WorkItem.objects.get(number=number)


def words(**changed):
    text = Template.objects.get(code="received", language="en")
    return {**{name: getattr(text, name) for name in FIELDS}, **changed}


def test_goes_to_the_own_address_marked_and_to_nobody_else(ready, item, smtp_server):
    paper = store_file(name="prices.pdf", data=b"%PDF-1.4")
    messages = Message.objects.count()
    with translation.override("bn"):
        trial = send_me(
            actor=ready.owner, values=words(body="Dear {{ customer|friend }}: {{ number }} {{ promise }}"), item=item,
            documents=[paper],
        )  # fmt: skip
    deliveries = list(Delivery.objects.values_list("pk", "state"))
    run_until_quiet()
    mails = [one for one in smtp_server.messages if one.rcpt_tos == ["owner@example.com"]]
    [received] = mails
    assert [one.rcpt_tos for one in smtp_server.messages if one is not received] == [[KARIM]]
    mail = received.message
    number = item.number
    assert str(mail["Subject"]).startswith("[পরীক্ষা]" if ready.owner.language == "bn" else "[Test]")
    plain = mail.get_body(("plain",)).get_content()
    assert f"Dear Karim: {number} (by when we answer)" in plain
    assert "Dear Karim" in mail.get_body(("html",)).get_content()
    assert [part.get_filename() for part in mail.iter_attachments()] == ["prices.pdf"]
    # It belongs to no thread: no token, no references, and no rows of a conversation.
    assert (mail["Reply-To"], mail["References"], mail["Auto-Submitted"]) == (None, None, "auto-generated")
    assert str(mail["Message-ID"]).partition("@")[0].endswith(".test")
    trial.refresh_from_db()
    assert (trial.state, trial.to_address, trial.error_code) == ("sent", "owner@example.com", "")
    assert Message.objects.count() == messages
    assert [one[0] for one in deliveries] == list(Delivery.objects.values_list("pk", flat=True))
    entry = AuditEntry.objects.get(action="template.test")
    assert (entry.actor_id, entry.after) == (ready.owner.pk, {"text": None, "item": number})


def test_text_of_a_test_is_kept_nowhere_as_a_text(ready, item):
    versions, text = TemplateVersion.objects.count(), Template.objects.get(code="received", language="en")
    send_me(actor=ready.owner, values=words(body="Only tried"), template=text, item=item)
    text.refresh_from_db()
    assert (TemplateVersion.objects.count(), text.version, "Only tried" in text.body) == (versions, 1, False)


def test_without_a_ticket_the_gaps_fall_back(ready, smtp_server):
    send_trial_now(send_me(actor=ready.owner, values=words(body="Dear {{ customer|ভাই }}, {{ shop }}")).pk)
    [received] = smtp_server.wait_for(1)
    assert "Dear ভাই, Padma Motors" in received.message.get_body(("plain",)).get_content()


def test_running_the_job_twice_sends_once(ready, smtp_server):
    trial = send_me(actor=ready.owner, values=words())
    assert (send_trial_now(trial.pk), send_trial_now(trial.pk)) == ("sent", "")
    assert len(smtp_server.messages) == 1


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda owner, item: User.objects.filter(pk=owner.pk).update(email=""), "no_own_address"),
        (lambda owner, item: User.objects.filter(pk=owner.pk).update(email=KARIM.upper()), "customers_address"),
        (lambda owner, item: suppress(address="owner@example.com", kind="bounced", reason="x"), "suppressed"),
        (lambda owner, item: User.objects.filter(pk=owner.pk).update(is_demo=True), "demo"),
        (lambda owner, item: WorkItem.objects.filter(pk=item.pk).update(is_demo=True), "demo"),
    ],
)
def test_refused_tests_leave_nothing(ready, item, spoil, code):
    spoil(ready.owner, item)
    jobs_before, entries = Job.objects.count(), AuditEntry.objects.count()
    with pytest.raises(DomainError) as refused:
        send_me(actor=User.objects.get(pk=ready.owner.pk), values=words(), item=WorkItem.objects.get(pk=item.pk))
    assert refused.value.code == code
    assert (TrialMail.objects.count(), Job.objects.count(), AuditEntry.objects.count()) == (0, jobs_before, entries)


def test_without_a_mailbox_that_sends_nothing_is_tried(shop):
    create_default_templates()
    with pytest.raises(DomainError) as refused:
        send_me(actor=shop.owner, values=words())
    assert (refused.value.code, TrialMail.objects.count()) == ("no_mailbox", 0)


def test_agent_may_not_and_unknown_gaps_are_not_tried(ready):
    with pytest.raises(PermissionRefused):
        send_me(actor=ready.agent, values=words())
    with pytest.raises(DomainError) as refused:
        send_me(actor=ready.owner, values=words(body="{{ nothing }}"))
    assert (refused.value.field, TrialMail.objects.count()) == ("body", 0)


def test_ten_an_hour_are_enough(ready):
    for _number in range(MOST):
        send_me(actor=ready.owner, values=words())
    with pytest.raises(DomainError) as refused:
        send_me(actor=ready.owner, values=words())
    assert (refused.value.code, TrialMail.objects.count()) == ("too_many_tests", MOST)
    with moved_to(now() + timedelta(minutes=61)):
        send_me(actor=ready.owner, values=words())
    assert TrialMail.objects.count() == MOST + 1


def test_ticket_out_of_sight_is_not_told(ready, item, smtp_server):
    trial = send_me(actor=ready.owner, values=words(body="{{ subject }}"), item=item)
    # The right to see it went between asking and sending.
    User.objects.filter(pk=ready.owner.pk).update(role=ready.agent.role)
    WorkItem.objects.filter(pk=item.pk).update(branch=_other_branch(), owner=ready.agent2, team=None)
    assert send_trial_now(trial.pk) == "sent"
    [received] = [one for one in smtp_server.messages if one.rcpt_tos == ["owner@example.com"]]
    assert "Noise" not in received.message.get_body(("plain",)).get_content()


def _other_branch():
    from halkhata.foundation.accounts.models import Branch

    return Branch.objects.create(code="other", name_en="Other", path="/other/")


def test_dead_server_is_tried_again_and_then_told(shop):
    make_mailbox(shop)
    create_default_templates()
    trial = send_me(actor=shop.owner, values=words())
    for number in range(1, 5):
        with pytest.raises(OSError, match="try later"):
            send_trial_now(trial.pk)
        trial.refresh_from_db()
        assert (trial.state, trial.attempts) == ("queued", number)
    assert send_trial_now(trial.pk) == "failed"
    trial.refresh_from_db()
    assert (trial.error_code, trial.lease_until) == ("connection_refused", None)


def test_test_of_a_dead_worker_is_in_doubt_and_not_sent_again(ready, smtp_server):
    trial = send_me(actor=ready.owner, values=words())
    TrialMail.objects.filter(pk=trial.pk).update(state="sending", lease_until=now() - timedelta(seconds=1))
    jobs.send_due_mail.func()
    trial.refresh_from_db()
    assert (trial.state, trial.error_code) == ("in_doubt", "worker_stopped")
    assert send_trial_now(trial.pk) == ""
    assert smtp_server.messages == []


def test_forgotten_test_is_woken_and_after_a_restore_none_goes(ready):
    trial = send_me(actor=ready.owner, values=words())
    Job.objects.all().delete()
    with moved_to(now() + timedelta(minutes=2)):
        jobs.send_due_mail.func()
    assert Job.objects.filter(dedupe_key=f"trial:{trial.pk}").count() == 1
    put_unsent_in_doubt(now())
    trial.refresh_from_db()
    assert trial.state == "in_doubt"
