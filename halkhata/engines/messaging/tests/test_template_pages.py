"""Pages of the message texts: library, form with preview and test, versions, second person (B.1, B.2)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from halkhata.engines.messaging.models import Template, TemplateProposal, TemplateRules, TemplateVersion, TrialMail
from halkhata.engines.messaging.services.defaults import create_default_templates
from halkhata.engines.messaging.services.inbound import ingest
from halkhata.engines.messaging.services.template_rules import ask_for_second
from halkhata.engines.messaging.services.template_values import FIELDS
from halkhata.engines.messaging.services.templates import save_template, submit_text
from halkhata.engines.messaging.tests.mails import make_mailbox, raw_mail
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
    return shop


@pytest.fixture
def text(ready) -> Template:
    return Template.objects.get(code="received", language="en")


def words(template: Template, **changed):
    return {**{name: getattr(template, name) for name in FIELDS}, **changed}


def typed(template: Template, **changed):
    return {
        "code": template.code, "channel": "email", "language": template.language, "subject": template.subject,
        "body": template.body, "links": "", "is_active": "on", "version": template.version, **changed,
    }  # fmt: skip


def url(name: str, *args) -> str:
    return reverse(f"messaging:{name}", args=args)


@pytest.mark.parametrize("language", ["bn", "en"])
def test_every_page_opens_for_the_owner_and_not_for_the_agent(ready, second, text, client_as, language):
    save_template(actor=ready.owner, template=text, values=words(text, body="Second"))
    ask_for_second(actor=ready.owner)
    text.refresh_from_db()
    proposal = submit_text(actor=second, template=text, values=words(text, body="Third"), why="Why not")
    pages = [
        url("templates"), f"{url('templates')}?team={ready.team.pk}", url("template", text.pk), url("template_rules"),
        url("template_versions", text.pk), url("template_version", text.pk, 2), url("template_proposal", proposal.pk),
        f"{url('template_version', text.pk, 2)}?with=1",
    ]  # fmt: skip
    for page in pages:
        assert client_as(ready.owner, language).get(page).status_code == 200, page
        assert client_as(ready.agent, language).get(page).status_code == 403, page


def test_unknown_gap_is_an_error_at_the_field_and_nothing_is_saved(ready, text, client_as):
    response = client_as(ready.owner).post(url("template", text.pk), typed(text, body="{{ customer_name|ভাই }}"))
    assert response.status_code == 422
    assert "There is no placeholder “customer_name”." in response.content.decode()
    assert TemplateVersion.objects.filter(template=text).count() == 1


def test_preview_shows_what_is_typed_and_saves_nothing(ready, text, client_as):
    number = ingest(raw_mail()).ticket
    response = client_as(ready.owner).post(
        url("template", text.pk), typed(text, body="Typed for {{ customer|friend }} {{ number }}", look="1")
    )
    assert response.status_code == 200
    assert f"Typed for Karim {number}" in response.content.decode()
    text.refresh_from_db()
    assert (text.version, TrialMail.objects.count()) == (1, 0)


def test_test_button_sends_to_oneself_and_saves_nothing(ready, text, client_as):
    ingest(raw_mail())
    client = client_as(ready.owner)
    page = client.post(url("template", text.pk), typed(text, body="Tried", **{"try": "1"})).content.decode()
    trial = TrialMail.objects.get()
    assert (trial.user, trial.to_address, trial.body, trial.template) == (
        ready.owner, "owner@example.com", "Tried", text,
    )  # fmt: skip
    assert "The test is on its way to owner@example.com." in page
    assert "Your last tests" in client.get(url("template", text.pk)).content.decode()
    text.refresh_from_db()
    assert text.version == 1
    # A number nobody has: no test with other people's data in its place.
    client.post(url("template", text.pk), typed(text, number="K-99999", **{"try": "1"}))
    assert TrialMail.objects.count() == 1
    # In the form of a new text, too.
    client.post(url("template_new"), typed(text, team=ready.team.pk, body="New one", **{"try": "1"}))
    assert (TrialMail.objects.count(), Template.objects.filter(team=ready.team).exists()) == (2, False)


def test_changing_keeps_the_version_and_the_list_shows_who_and_why(ready, text, client_as):
    client = client_as(ready.owner)
    saved = client.post(url("template", text.pk), typed(text, body="Second", why="Shorter is better"))
    assert saved.status_code == 302
    page = client.get(url("template_versions", text.pk)).content.decode()
    assert "Shorter is better" in page
    assert "Sent now" in page
    picked = client.get(url("template_compare", text.pk), {"from": "2", "to": "1"})
    assert picked["Location"] == f"{url('template_version', text.pk, 2)}?with=1"
    compared = client.get(picked["Location"]).content.decode()
    assert "<del>" in compared
    assert "Second</ins>" in compared
    assert client.get(f"{url('template_version', text.pk, 2)}?with=x").status_code == 404
    assert client.get(url("template_version", text.pk, 9)).status_code == 404
    assert client.get(url("template_compare", text.pk), {"from": "x"}).status_code == 302


def test_old_version_is_brought_back_by_its_button(ready, text, client_as):
    first = text.body
    save_template(actor=ready.owner, template=text, values=words(text, body="Second"))
    client = client_as(ready.owner)
    assert client.post(url("template_again", text.pk, 1), {"version": "1"}).status_code == 409
    text.refresh_from_db()
    assert text.body == "Second"
    assert client.post(url("template_again", text.pk, 1), {"version": "2", "why": "Better"}).status_code == 302
    text.refresh_from_db()
    assert (text.body, text.current.number, text.current.again_of) == (first, 3, 1)


def test_second_person_agrees_on_the_page_and_the_author_cannot(ready, second, text, client_as):
    assert client_as(ready.owner).post(url("template_rules"), {"needs_second": "on"}).status_code == 302
    body = text.body
    missing = client_as(ready.owner).post(url("template", text.pk), typed(text, body="New"))
    assert missing.status_code == 422
    assert "Say why, for the person who must agree." in missing.content.decode()
    asked = client_as(ready.owner).post(url("template", text.pk), typed(text, body="New", why="Shorter"))
    proposal = TemplateProposal.objects.get()
    assert asked["Location"] == url("template_proposal", proposal.pk)
    text.refresh_from_db()
    assert text.body == body
    own = client_as(ready.owner).get(url("template_proposal", proposal.pk)).content.decode()
    assert "Agree, and send it from now on" not in own
    assert client_as(ready.owner).post(url("template_agree", proposal.pk)).status_code == 403
    assert client_as(ready.agent).post(url("template_agree", proposal.pk)).status_code == 403
    text.refresh_from_db()
    assert text.body == body
    assert "A change waits" in client_as(second).get(url("templates")).content.decode()
    seen = client_as(second).get(url("template_proposal", proposal.pk)).content.decode()
    assert "Agree, and send it from now on" in seen
    assert "New</ins>" in seen
    assert client_as(second).post(url("template_agree", proposal.pk)).status_code == 302
    text.refresh_from_db()
    assert (text.body, text.current.approver_label) == ("New", "Second")
    assert client_as(second).post(url("template_agree", proposal.pk)).status_code == 409


def test_refusing_on_the_page_needs_words_and_taking_back_is_the_authors(ready, second, text, client_as):
    ask_for_second(actor=ready.owner)
    proposal = submit_text(actor=ready.owner, template=text, values=words(text, body="New"), why="Shorter")
    assert client_as(second).post(url("template_refuse", proposal.pk), {"answer": ""}).status_code == 422
    assert client_as(second).post(url("template_take_back", proposal.pk)).status_code == 403
    proposal.refresh_from_db()
    assert proposal.state == "open"
    assert client_as(second).post(url("template_refuse", proposal.pk), {"answer": "No"}).status_code == 302
    other = submit_text(actor=ready.owner, template=text, values=words(text, body="New"), why="Shorter")
    assert client_as(ready.owner).post(url("template_take_back", other.pk)).status_code == 302
    assert sorted(TemplateProposal.objects.values_list("state", flat=True)) == ["refused", "withdrawn"]


def test_tester_of_a_waiting_text_gets_it_at_the_own_address(ready, second, text, client_as):
    ask_for_second(actor=ready.owner)
    proposal = submit_text(actor=ready.owner, template=text, values=words(text, body="New"), why="Shorter")
    assert client_as(second).post(url("template_proposal_test", proposal.pk)).status_code == 302
    trial = TrialMail.objects.get()
    assert (trial.user, trial.to_address, trial.body) == (second, "second@example.com", "New")


def test_switching_off_on_the_page_takes_two(ready, second, client_as):
    ask_for_second(actor=ready.owner)
    assert client_as(ready.owner).post(url("template_rules"), {}).status_code == 302
    assert TemplateRules.objects.get().needs_second is True
    assert client_as(ready.owner).post(url("template_rules"), {}).status_code == 409
    assert "Owner asked for it" in client_as(second).get(url("template_rules")).content.decode()
    assert client_as(second).post(url("template_rules"), {}).status_code == 302
    assert TemplateRules.objects.get().needs_second is False


def test_department_writes_its_own_with_links_and_documents_and_sets_it_aside_again(ready, text, client_as):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = client_as(ready.owner)
    price_list = SimpleUploadedFile("prices.pdf", b"%PDF-1.4", content_type="application/pdf")
    values = typed(
        text, team=ready.team.pk, body="Ours", links="FAQ | https://shop.example.com/faq", document=price_list
    )
    assert client.post(url("template_new"), values).status_code == 302
    own = Template.objects.get(team=ready.team)
    assert [one.original_name for one in own.documents.all()] == ["prices.pdf"]
    page = client.get(url("templates"), {"team": ready.team.pk}).content.decode()
    assert "1 link · 1 document" in page
    assert page.count("As for every department") == 21
    assert client.post(url("template", own.pk), typed(own, team=ready.team.pk, is_set_aside="on")).status_code == 302
    assert "Kept aside" in client.get(url("templates"), {"team": ready.team.pk}).content.decode()


def test_document_of_an_old_version_opens_for_whoever_changes_texts(ready, text, client_as):
    paper = store_file(name="prices.pdf", data=b"%PDF-1.4")
    save_template(actor=ready.owner, template=text, values=words(text), add_documents=[paper])
    address = reverse("files:download", args=[paper.pk, "prices.pdf"])
    assert client_as(ready.agent).get(address).status_code == 200
    text.refresh_from_db()
    save_template(actor=ready.owner, template=text, values=words(text), remove_documents=[paper.pk])
    assert client_as(ready.owner).get(address).status_code == 200
    assert client_as(ready.agent).get(address).status_code in {403, 404}


def test_lists_take_as_many_queries_for_many_as_for_few(ready, second, text, client_as):
    client = client_as(ready.owner)
    for number in range(2):
        _change(ready, text, number)
    _queries(client, url("templates"))  # what is remembered from the first page on
    few = [_queries(client, url("template_versions", text.pk)), _queries(client, url("templates"))]
    for number in range(2, 12):
        _change(ready, text, number)
    for one in Template.objects.filter(language="bn"):
        save_template(actor=ready.owner, template=one, values=words(one), add_documents=[store_file(
            name=f"{one.code}.pdf", data=f"%PDF-1.4 {one.code}".encode())])  # fmt: skip
    ask_for_second(actor=ready.owner)
    for one in Template.objects.filter(language="en").exclude(pk=text.pk):
        submit_text(actor=second, template=one, values=words(one, body="Waits"), why="x")
    many = [_queries(client, url("template_versions", text.pk)), _queries(client, url("templates"))]
    assert many == few


def _change(ready, text, number):
    text.refresh_from_db()
    save_template(actor=ready.owner, template=text, values=words(text, body=f"Change {number}"))


def _queries(client, address) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)
