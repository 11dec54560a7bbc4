"""Several at the same moment: one agreement makes one version, and the ceiling on tests holds (B.2)."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from halkhata.engines.messaging.models import Template, TemplateVersion, TrialMail
from halkhata.engines.messaging.services import trials
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.template_proposals import approve
from halkhata.engines.messaging.services.template_rules import ask_for_second
from halkhata.engines.messaging.services.template_values import FIELDS
from halkhata.engines.messaging.services.templates import submit_text
from halkhata.engines.messaging.tests.mails import make_mailbox
from halkhata.foundation.core.errors import DomainError
from tests.support.fixtures_shop import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts):
    """What each said: None when it went through, else the code of its refusal."""
    gate = threading.Barrier(len(acts))

    def one(act):
        try:
            gate.wait(20)
            act()
            return None
        except DomainError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def _words():
    text = Template.objects.get(code="received", language="en")
    return text, {name: getattr(text, name) for name in FIELDS}


def test_many_who_agree_at_once_make_one_version(shop):
    create_default_templates()
    others = [make_user(f"second{number}", branch=shop.branch, role=shop.owner.role) for number in range(6)]
    ask_for_second(actor=shop.owner)
    text, words = _words()
    proposal = submit_text(actor=shop.owner, template=text, values={**words, "body": "New"}, why="x")
    said = at_once([lambda one=one: approve(actor=one, pk=proposal.pk) for one in others])
    assert sorted(said, key=str) == [None, *["not_waiting"] * 5]
    assert list(TemplateVersion.objects.filter(template=text).values_list("number", flat=True)) == [2, 1]


def test_many_who_propose_at_once_leave_one_proposal(shop):
    create_default_templates()
    people = [shop.owner, *(make_user(f"second{n}", branch=shop.branch, role=shop.owner.role) for n in range(4))]
    ask_for_second(actor=shop.owner)
    text, words = _words()
    said = at_once([
        lambda one=one: submit_text(actor=one, template=text, values={**words, "body": f"By {one.pk}"}, why="x")
        for one in people
    ])  # fmt: skip
    assert sorted(said, key=str) == [None, *["waits_already"] * 4]
    assert text.proposals.filter(state="open").count() == 1


def test_ceiling_of_tests_holds_when_many_ask_at_once(shop, monkeypatch):
    make_mailbox(shop)
    create_default_templates()
    monkeypatch.setattr(trials, "MOST", 3)
    _text, words = _words()
    said = at_once([lambda: trials.send_me(actor=shop.owner, values=words)] * 8)
    assert sorted(said, key=str) == [None, None, None, *["too_many_tests"] * 5]
    assert TrialMail.objects.count() == 3


@pytest.mark.postgres_only
def test_without_its_lock_the_ceiling_of_tests_is_passed(shop, monkeypatch):
    """The twin: both have counted before either has committed."""
    make_mailbox(shop)
    create_default_templates()
    gate = threading.Barrier(2)
    monkeypatch.setattr(trials, "MOST", 1)
    monkeypatch.setattr(trials, "lock_values", lambda _values: None)
    written = trials.record

    def wait_for_the_other(**values):
        gate.wait(20)
        return written(**values)

    monkeypatch.setattr(trials, "record", wait_for_the_other)
    _text, words = _words()
    assert at_once([lambda: trials.send_me(actor=shop.owner, values=words)] * 2) == [None, None]
    assert TrialMail.objects.count() == 2
