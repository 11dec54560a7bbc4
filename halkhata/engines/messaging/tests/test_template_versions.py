"""Versions of message texts: nothing is lost, messages keep theirs, and sending costs nothing more (B.2)."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from halkhata.engines.messaging.models import Message, Template, TemplateVersion
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.conversations import send_reply
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.services.template_values import FIELDS
from halkhata.engines.messaging.services.templates import bring_back, find_template, save_template
from halkhata.engines.messaging.tests.mails import make_mailbox, raw_mail
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.files.services.storing import store_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(shop):
    make_mailbox(shop)
    create_default_templates()
    return shop


@pytest.fixture
def text(ready) -> Template:
    return Template.objects.get(code="received", language="en")


def words(template: Template, **changed):
    return {**{name: getattr(template, name) for name in FIELDS}, **changed}


def numbers(template: Template) -> list[int]:
    return list(template.versions.order_by("number").values_list("number", flat=True))


def test_starting_texts_are_version_one(ready):
    assert Template.objects.filter(current__isnull=True).count() == 0
    assert set(TemplateVersion.objects.values_list("number", flat=True)) == {1}
    assert TemplateVersion.objects.count() == Template.objects.count() == 22


def test_each_change_is_a_version_with_its_author_and_reason(ready, text):
    save_template(actor=ready.owner, template=text, values=words(text, body="Short. {{ number }}"), why="  Too long ")
    text.refresh_from_db()
    first, second = text.versions.order_by("number")
    assert (second.number, second.body, second.why) == (2, "Short. {{ number }}", "Too long")
    assert (second.author_id_then, second.author_label, second.approver_label) == (ready.owner.pk, "Owner", "")
    assert (first.author_id_then, first.body == second.body) == (None, False)
    assert (text.current, text.version) == (second, 2)
    entry = AuditEntry.objects.get(action="template.update")
    assert (entry.after["number"], entry.note) == (2, "Too long")


def test_saving_the_same_again_makes_no_version(ready, text):
    save_template(actor=ready.owner, template=text, values=words(text), version=1)
    text.refresh_from_db()
    assert (numbers(text), text.version, AuditEntry.objects.filter(action="template.update").count()) == ([1], 1, 0)


def test_text_from_before_versions_keeps_what_it_said(ready, text):
    old = Template.objects.create(code="received", team=ready.team, language="en", subject="Old", body="Old words")
    save_template(actor=ready.owner, template=old, values=words(old, body="New words"))
    assert [(one.number, one.body) for one in old.versions.order_by("number")] == [(1, "Old words"), (2, "New words")]


def test_old_version_comes_back_as_a_new_one_with_its_links_and_documents(ready, text):
    paper, other = store_file(name="prices.pdf", data=b"%PDF-1.4 a"), store_file(name="new.pdf", data=b"%PDF-1.4 b")
    links = [{"label": "Help", "url": "https://shop.example.com/help"}]
    save_template(actor=ready.owner, template=text, values=words(text, links=links), add_documents=[paper])
    text.refresh_from_db()
    save_template(
        actor=ready.owner, template=text, values=words(text, body="Worse", links=[], is_active=False),
        add_documents=[other], remove_documents=[paper.pk],
    )  # fmt: skip
    saved = bring_back(actor=ready.owner, template=text, number=2, version=3, why="People asked for prices")
    text.refresh_from_db()
    assert isinstance(saved, Template)
    newest = text.versions.get(number=4)
    assert (newest.again_of, newest.links, newest.why) == (2, links, "People asked for prices")
    assert (text.links, list(text.documents.all()), list(newest.documents.all())) == (links, [paper], [paper])
    # Whether it is in use is another question.
    assert (text.is_active, newest.is_active) == (False, False)


def test_bringing_back_refuses_what_is_sent_now_what_is_not_there_and_an_older_page(ready, text):
    save_template(actor=ready.owner, template=text, values=words(text, body="Second"))
    for number, version, error, code in (
        (2, 2, Conflict, "nothing_changed"), (9, 2, NotFound, "not_found"), (1, 1, Conflict, "changed_meanwhile"),
    ):  # fmt: skip
        with pytest.raises(error) as refused:
            bring_back(actor=ready.owner, template=text, number=number, version=version)
        assert refused.value.code == code
    with pytest.raises(PermissionRefused):
        bring_back(actor=ready.lead, template=text, number=1)
    text.refresh_from_db()
    assert (text.body, numbers(text)) == ("Second", [1, 2])


@pytest.mark.parametrize("table", ["messaging_templateversion", "messaging_templateversion_documents"])
def test_database_refuses_to_change_or_delete_a_version(ready, text, table):
    text.current.documents.add(store_file(name="a.pdf", data=b"%PDF-1.4"))
    for sql in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    # The twin: without the guard both go through.
    with transaction.atomic(), suspended(table), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET id = id")
    assert numbers(text) == [1]


def test_messages_keep_the_version_they_were_made_from(ready, text):
    item = WorkItem.objects.get(number=ingest(raw_mail()).ticket)
    first = send_automatic(item=item, code="received", cause="a", language="en").message
    save_template(actor=ready.owner, template=text, values=words(text, body="Anew {{ number }}"))
    second = send_automatic(item=item, code="received", cause="b", language="en").message
    first.refresh_from_db()
    assert (first.template_version.number, second.template_version.number) == (1, 2)
    assert second.text.startswith("Anew")
    framed = send_reply(actor=ready.agent, item=item, text="We look at it.")
    frame = find_template(code="reply", team=item.team, language=item.customer.language)
    assert framed.template_version == frame.current
    assert Message.objects.filter(direction="in", template_version__isnull=False).count() == 0


def test_sending_costs_no_statement_more_than_without_versions(ready, text):
    item = WorkItem.objects.get(number=ingest(raw_mail()).ticket)

    def cost(cause: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as sent:
            send_automatic(item=WorkItem.objects.get(pk=item.pk), code="received", cause=cause, language="en")
        return len(sent)

    cost("warm")
    with_version = cost("with")
    for _number in range(5):
        text.refresh_from_db()
        save_template(actor=ready.owner, template=text, values=words(text, body=text.body + " more"))
    after_many = cost("many")
    Template.objects.update(current=None)
    assert (with_version, after_many) == (cost("without"), with_version)


def test_sent_mail_has_its_plain_text_beside_the_html(ready, text):
    from email import message_from_bytes, policy

    from halkhata.engines.messaging.services.composing import mail_bytes

    save_template(actor=ready.owner, template=text, values=words(text, body="Dear {{ customer|friend }}, {{ number }}"))
    item = WorkItem.objects.get(number=ingest(raw_mail()).ticket)
    delivery = send_automatic(item=item, code="received", cause="a", language="en")
    mail = message_from_bytes(mail_bytes(delivery), policy=policy.default)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain.get_content().startswith("Dear Karim, K-")
    assert "Dear Karim" in html.get_content()


def test_department_that_sets_its_own_aside_sends_the_common_text(ready, text):
    own = save_template(
        actor=ready.owner, template=None, values=words(text, team=ready.team, subject="Own", body="Own words")
    )
    assert find_template(code="received", team=ready.team, language="en") == own
    save_template(actor=ready.owner, template=own, values=words(own, is_set_aside=True), why="Use the common one")
    assert find_template(code="received", team=ready.team, language="en") == text
    from halkhata.oversight.automation.letters import is_wanted

    Template.objects.filter(pk=own.pk).update(is_active=False)
    assert is_wanted("received", ready.team) is True
    # The text for every department cannot be set aside: there would be nothing in its place.
    saved = save_template(actor=ready.owner, template=text, values=words(text, is_set_aside=True))
    assert saved.is_set_aside is False


def test_unknown_gap_and_bad_link_are_refused_and_nothing_changes(ready, text):
    for values, field, code in (
        ({"subject": "{{ customer|}}"}, "subject", "empty_fallback"),
        ({"body": "{customer|x}"}, "body", "broken_placeholder"),
        ({"links": [{"label": "x", "url": "javascript:alert(1)"}]}, "links", "bad_link"),
        ({"body": "x" * 10_001}, "body", "too_long"),
    ):
        with pytest.raises(DomainError) as refused:
            save_template(actor=ready.owner, template=text, values=words(text, **values))
        assert (refused.value.field, refused.value.code) == (field, code)
    assert numbers(text) == [1]


def test_migrating_gives_every_text_there_is_its_first_version(ready, text):
    step = import_module("halkhata.engines.messaging.migrations.0016_first_versions")
    paper = store_file(name="prices.pdf", data=b"%PDF-1.4")
    text.documents.add(paper)
    with transaction.atomic(), suspended("messaging_templateversion_documents", "messaging_templateversion"):
        TemplateVersion.objects.all().delete()
    Template.objects.filter(pk=text.pk).update(version=7, body="As it is sent today")
    step.write_first_versions(apps, None)
    step.write_first_versions(apps, None)
    text.refresh_from_db()
    assert (text.current.number, text.current.body, text.version) == (1, "As it is sent today", 7)
    assert list(text.current.documents.all()) == [paper]
    assert TemplateVersion.objects.count() == Template.objects.count()
