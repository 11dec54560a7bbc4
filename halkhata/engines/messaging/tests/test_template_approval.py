"""A second person for changed texts: the old text goes on being sent until somebody else agrees (B.2)."""

import pytest
from django.db import IntegrityError, transaction

from halkhata.engines.messaging.models import Template, TemplateProposal, TemplateRules, TemplateVersion
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.services.template_proposals import approve, refuse, take_back
from halkhata.engines.messaging.services.template_rules import ask_for_second, stop_asking
from halkhata.engines.messaging.services.template_values import FIELDS
from halkhata.engines.messaging.services.templates import bring_back, save_template, submit_text
from halkhata.engines.messaging.tests.mails import make_mailbox, raw_mail
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.files.services.storing import store_file
from tests.support.fixtures_shop import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(shop):
    return make_user("second", branch=shop.branch, role=shop.owner.role, email="second@example.com")


@pytest.fixture
def ready(shop, second):
    make_mailbox(shop)
    create_default_templates()
    ask_for_second(actor=shop.owner)
    return shop


@pytest.fixture
def text(ready) -> Template:
    return Template.objects.get(code="received", language="en")


def words(template: Template, **changed):
    return {**{name: getattr(template, name) for name in FIELDS}, **changed}


def propose(user, text, why="Shorter", **changed) -> TemplateProposal:
    proposal = submit_text(
        actor=user, template=text, values=words(text, **{"body": "New {{ number }}", **changed}), why=why
    )
    assert isinstance(proposal, TemplateProposal)
    return proposal


def state() -> tuple:
    """What customers get and what is written about it: denied steps leave it as it was."""
    return (
        list(Template.objects.order_by("pk").values_list("pk", "body", "version", "is_active", "current")),
        TemplateVersion.objects.count(),
        list(TemplateProposal.objects.order_by("pk").values_list("pk", "state", "decider_id_then", "answer")),
        list(TemplateRules.objects.values_list("needs_second", "off_asked_by_id_then", "version")),
        AuditEntry.objects.count(),
    )


def test_rule_is_off_at_the_beginning(shop, second):
    create_default_templates()
    text = Template.objects.get(code="received", language="en")
    assert isinstance(submit_text(actor=shop.owner, template=text, values=words(text, body="At once")), Template)
    text.refresh_from_db()
    assert text.body == "At once"


def test_old_text_is_sent_until_somebody_else_agrees(ready, second, text):
    item = WorkItem.objects.get(number=ingest(raw_mail()).ticket)
    old = text.body
    proposal = propose(ready.owner, text)
    text.refresh_from_db()
    assert (text.body, text.version, TemplateVersion.objects.filter(template=text).count()) == (old, 1, 1)
    before = send_automatic(item=item, code="received", cause="a", language="en").message
    approve(actor=second, pk=proposal.pk)
    after = send_automatic(item=item, code="received", cause="b", language="en").message
    assert (before.template_version.number, after.template_version.number) == (1, 2)
    assert after.text.startswith("New K-")
    proposal.refresh_from_db()
    version = after.template_version
    assert (proposal.state, proposal.decider_id_then) == ("approved", second.pk)
    assert (version.author_label, version.approver_label, version.why) == ("Owner", "Second", "Shorter")


def test_author_cannot_agree_or_refuse_and_nothing_changes(ready, text):
    proposal = propose(ready.owner, text)
    before = state()
    for step in (lambda: approve(actor=ready.owner, pk=proposal.pk),
                 lambda: refuse(actor=ready.owner, pk=proposal.pk, answer="x")):  # fmt: skip
        with pytest.raises(PermissionRefused) as refused:
            step()
        assert refused.value.code == "own_change"
    assert state() == before


def test_whoever_may_not_change_settings_may_not_agree_and_nothing_changes(ready, text):
    proposal = propose(ready.owner, text)
    before = state()
    for step in (
        lambda: approve(actor=ready.lead, pk=proposal.pk), lambda: refuse(actor=ready.lead, pk=proposal.pk, answer="x"),
        lambda: take_back(actor=ready.lead, pk=proposal.pk), lambda: ask_for_second(actor=ready.lead),
        lambda: stop_asking(actor=ready.lead),
        lambda: submit_text(actor=ready.lead, template=text, values=words(text, body="x"), why="y"),
    ):  # fmt: skip
        with pytest.raises(PermissionRefused):
            step()
    assert state() == before


def test_no_road_leads_past_the_second_person(ready, text):
    before = state()
    with pytest.raises(Conflict) as refused:
        save_template(actor=ready.owner, template=text, values=words(text, body="At once"))
    assert refused.value.code == "second_person"
    assert state() == before


@pytest.mark.parametrize("who", ["author", "nobody"])
def test_database_refuses_an_agreement_of_the_author_or_of_nobody(ready, text, who):
    proposal = propose(ready.owner, text)
    decider = {"author": ready.owner.pk, "nobody": None}[who]
    with pytest.raises(IntegrityError), transaction.atomic():
        TemplateProposal.objects.filter(pk=proposal.pk).update(
            state="approved", decided_at=now(), decider_id_then=decider
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        TemplateVersion.objects.create(
            template=text, number=9, language="en", subject="x", body="x", at=now(), author_id_then=5,
            approver_id_then=5,
        )  # fmt: skip


def test_reason_is_asked_for_and_the_same_text_is_no_change(ready, text):
    before = state()
    with pytest.raises(DomainError) as refused:
        propose(ready.owner, text, why="  ")
    assert (refused.value.code, refused.value.field) == ("say_why", "why")
    with pytest.raises(Conflict) as refused:
        propose(ready.owner, text, body=text.body)
    assert refused.value.code == "nothing_changed"
    assert state() == before


def test_refusal_says_why_and_leaves_what_is_sent(ready, second, text):
    proposal = propose(ready.owner, text)
    with pytest.raises(DomainError) as refused:
        refuse(actor=second, pk=proposal.pk, answer=" ")
    assert refused.value.field == "answer"
    refuse(actor=second, pk=proposal.pk, answer="Too curt")
    proposal.refresh_from_db()
    text.refresh_from_db()
    assert (proposal.state, proposal.answer, text.version) == ("refused", "Too curt", 1)
    before = state()
    for step in (lambda: approve(actor=second, pk=proposal.pk), lambda: take_back(actor=ready.owner, pk=proposal.pk)):
        with pytest.raises(Conflict, match="not_waiting"):
            step()
    with pytest.raises(NotFound):
        approve(actor=second, pk=999_999)
    assert state() == before


def test_own_proposal_is_replaced_and_another_persons_stands(ready, second, text):
    first = propose(ready.owner, text)
    again = propose(ready.owner, text, body="Better {{ number }}")
    first.refresh_from_db()
    assert (first.state, again.state) == ("withdrawn", "open")
    before = state()
    with pytest.raises(Conflict, match="waits_already"):
        propose(second, text, body="Mine")
    with pytest.raises(PermissionRefused):
        take_back(actor=second, pk=again.pk)
    assert state() == before
    take_back(actor=ready.owner, pk=again.pk)
    assert propose(second, text, body="Mine").state == "open"


def test_two_open_proposals_of_one_place_cannot_stand_in_the_database(ready, text):
    proposal = propose(ready.owner, text)
    TemplateProposal.objects.filter(pk=proposal.pk).update(template=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        TemplateProposal.objects.create(
            code="received", language="en", subject="x", body="x", why="x", at=now(), author_id_then=1
        )


def test_text_changed_meanwhile_cannot_be_agreed_to(ready, second, text):
    proposal = propose(ready.owner, text)
    Template.objects.filter(pk=text.pk).update(version=2, body="Something else")
    before = state()
    with pytest.raises(Conflict, match="changed_meanwhile"):
        approve(actor=second, pk=proposal.pk)
    assert state() == before


def test_new_text_of_a_department_waits_and_the_common_one_is_sent(ready, second, text):
    paper = store_file(name="prices.pdf", data=b"%PDF-1.4")
    proposal = submit_text(
        actor=ready.owner, template=None, values=words(text, team=ready.team, body="Own"), why="Ours", version=None,
        add_documents=[paper],
    )  # fmt: skip
    assert not Template.objects.filter(team=ready.team).exists()
    from halkhata.oversight.automation.letters import is_wanted

    assert is_wanted("received", ready.team) is True
    saved = approve(actor=second, pk=proposal.pk)
    assert (saved.team, saved.body, list(saved.documents.all())) == (ready.team, "Own", [paper])
    assert (saved.current.number, list(saved.current.documents.all())) == (1, [paper])


def test_bringing_an_old_version_back_waits_too(ready, second, text):
    approve(actor=second, pk=propose(ready.owner, text).pk)
    text.refresh_from_db()
    proposal = bring_back(actor=second, template=text, number=1, version=2, why="The old one was better")
    assert isinstance(proposal, TemplateProposal)
    text.refresh_from_db()
    assert text.body == "New {{ number }}"
    approve(actor=ready.owner, pk=proposal.pk)
    assert (text.versions.get(number=3).again_of, text.versions.get(number=3).author_label) == (1, "Second")


def test_switching_off_takes_a_second_person(ready, second):
    assert stop_asking(actor=ready.owner).needs_second is True
    before = state()
    with pytest.raises(Conflict, match="asked_already"):
        stop_asking(actor=ready.owner)
    assert state() == before
    # Somebody who disagrees takes the wish away.
    assert ask_for_second(actor=second).off_asked_by_id_then is None
    stop_asking(actor=ready.owner)
    assert stop_asking(actor=second).needs_second is False


def test_whoever_is_alone_cannot_lock_himself_in(shop):
    create_default_templates()
    with pytest.raises(DomainError) as refused:
        ask_for_second(actor=shop.owner)
    assert (refused.value.code, TemplateRules.objects.filter(needs_second=True).exists()) == ("nobody_else", False)
    other = make_user("other", branch=shop.branch, role=shop.owner.role)
    ask_for_second(actor=shop.owner)
    type(other).objects.filter(pk=other.pk).update(is_active=False)
    assert stop_asking(actor=shop.owner).needs_second is False
