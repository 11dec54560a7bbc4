"""Settings of the desk: categories in two languages, words of danger, and who may touch them."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from halkhata.desks.tickets.models import Category, SafetyWord, Ticket
from halkhata.desks.tickets.services.categories import move_category, save_category
from halkhata.desks.tickets.services.safety_words import add_safety_word, switch_safety_word
from halkhata.desks.tickets.tests.conftest import make_ticket
from halkhata.foundation.accounts.models import Team
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import DomainError, PermissionRefused

pytestmark = pytest.mark.django_db

CATEGORIES, NEW, WORDS = (reverse(f"tickets:{name}") for name in ("categories", "category_new", "safety_words"))


def edit(category):
    return reverse("tickets:category_edit", args=[category.pk])


def codes():
    return list(Category.objects.values_list("code", flat=True))


def test_new_category_is_offered_last_in_both_languages(desk, client_as):
    sent = client_as(desk.owner).post(
        NEW, {"name_bn": "হারানো কাগজ", "name_en": "Lost papers", "team": desk.team.pk, "is_active": "on"}
    )
    assert sent.headers["Location"] == CATEGORIES
    row = Category.objects.get(code="lost-papers")
    assert (row.name_bn, row.team, codes()[-1]) == ("হারানো কাগজ", desk.team, "lost-papers")
    assert "Lost papers" in client_as(desk.agent).get(reverse("tickets:new")).content.decode()
    assert "হারানো কাগজ" in client_as(desk.agent, language="bn").get(reverse("tickets:new")).content.decode()
    entry = AuditEntry.objects.get(action="category.save")
    assert (entry.before, entry.after["name_en"], entry.actor_id) == (None, "Lost papers", desk.owner.pk)


def test_renamed_category_keeps_its_code_and_its_tickets(desk, rahima, client_as):
    row = Category.objects.get(code="billing")
    ticket = make_ticket(desk, rahima, category=row)
    client = client_as(desk.owner)
    assert 'value="Bill or instalment"' in client.get(edit(row)).content.decode()
    client.post(edit(row), {"name_bn": "টাকা-পয়সা", "name_en": "Money", "is_active": "on"})
    ticket = Ticket.objects.select_related("category").get(pk=ticket.pk)
    assert (ticket.category.code, ticket.category.name_en) == ("billing", "Money")
    entry = AuditEntry.objects.get(action="category.save")
    assert (entry.before["name_en"], entry.after["name_en"]) == ("Bill or instalment", "Money")


def test_category_switched_off_is_no_longer_offered_and_stays_with_its_tickets(desk, rahima, client_as):
    row = Category.objects.get(code="billing")
    ticket = make_ticket(desk, rahima, category=row)
    client_as(desk.owner).post(edit(row), {"name_bn": row.name_bn, "name_en": row.name_en})
    offered = client_as(desk.agent).get(reverse("tickets:new")).content.decode()
    assert "Bill or instalment" not in offered
    assert "Bill or instalment" in client_as(desk.agent).get(f"/tickets/{ticket.number}/").content.decode()
    listed = client_as(desk.owner).get(CATEGORIES).content.decode()
    assert "Switched off" in listed


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name_bn": " ", "name_en": "\u200b"}, "name_bn"),
        ({"name_bn": "", "name_en": "DELIVERY"}, "name_en"),
        ({"name_bn": "ডেলিভারি", "name_en": ""}, "name_bn"),
    ],
)
def test_category_without_a_name_or_with_a_taken_one_is_told_at_the_field(desk, client_as, values, field):
    before = codes()
    page = client_as(desk.owner).post(NEW, {**values, "is_active": "on"})
    assert page.status_code == 422
    assert f'id="id_{field}_error"' in page.content.decode()
    assert codes() == before


def test_closed_team_and_the_last_category_are_refused(desk, client_as):
    closed = Team.objects.create(code="old", name_en="Old", branch=desk.branch, is_active=False)
    with pytest.raises(DomainError) as refused:
        save_category(actor=desk.owner, name_en="X", team=closed)
    assert refused.value.field == "team"
    Category.objects.exclude(code="billing").update(is_active=False)
    row = Category.objects.get(code="billing")
    page = client_as(desk.owner).post(edit(row), {"name_en": "Bill"})
    assert page.status_code == 422
    assert 'id="id_is_active_error"' in page.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.create(code="nameless")


def test_category_that_belongs_to_a_closed_team_can_still_be_renamed(desk, client_as):
    row = Category.objects.get(code="billing")
    Category.objects.filter(pk=row.pk).update(team=desk.team)
    Team.objects.filter(pk=desk.team.pk).update(is_active=False)
    sent = client_as(desk.owner).post(edit(row), {"name_en": "Money", "team": desk.team.pk, "is_active": "on"})
    assert sent.status_code == 302
    row.refresh_from_db()
    assert (row.name_en, row.team_id) == ("Money", desk.team.pk)


def test_two_categories_of_one_name_in_latin_get_codes_of_their_own(desk):
    made = [save_category(actor=desk.owner, name_bn=name) for name in ("এক", "দুই")]
    assert [row.code for row in made] == ["category", "category-2"]


def test_category_moves_up_and_down_and_stops_at_the_ends(desk, client_as):
    first, second, *rest = codes()
    client = client_as(desk.owner)
    row = Category.objects.get(code=second)
    client.post(reverse("tickets:category_move", args=[row.pk]), {"to": "up"})
    assert codes() == [second, first, *rest]
    move_category(actor=desk.owner, category=row, up=True)
    assert codes() == [second, first, *rest]
    client.post(reverse("tickets:category_move", args=[row.pk]), {"to": "down"})
    assert codes() == [first, second, *rest]
    assert AuditEntry.objects.filter(action="category.move").count() == 2


def test_word_is_added_found_switched_off_and_on_again(desk, client_as):
    client = client_as(desk.owner)
    client.post(WORDS, {"word": " short  circuit "})
    row = SafetyWord.objects.get(word="short circuit")
    assert "There was a short circuit" in try_it(client, "There was a short circuit")
    assert found(client, "There was a SHORT circuit!") == "short circuit"
    client.post(reverse("tickets:safety_word_switch", args=[row.pk]), {"on": "0"})
    assert found(client, "There was a short circuit") is None
    client.post(reverse("tickets:safety_word_switch", args=[row.pk]), {"on": "1"})
    assert found(client, "There was a short circuit") == "short circuit"
    acts = AuditEntry.objects.filter(record_type="tickets.safetyword").order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["safety_word.add", "safety_word.switch", "safety_word.switch"]


def try_it(client, sentence):
    return client.post(WORDS, {"sentence": sentence}).content.decode()


def found(client, sentence):
    match = re.search(r"<strong>Found</strong><p>(.*?)</p>", try_it(client, sentence))
    return match.group(1) if match else None


def test_trying_a_sentence_finds_words_in_both_languages_and_keeps_nothing(desk, client_as):
    client = client_as(desk.owner)
    before = (Ticket.objects.count(), AuditEntry.objects.count(), SafetyWord.objects.count())
    assert found(client, "ফ্রিজে আগুনের ধোঁয়া, the cable is burnt") == "burn, আগুন, ধোঁয়া"
    assert found(client, "শক্ত করে লাগানো") is None
    assert "No word of danger is found" in try_it(client, "শক্ত করে লাগানো")
    assert client.post(WORDS, {"sentence": "  "}).status_code == 422
    hostile = try_it(client, "<script>fire</script>")
    assert "<script>fire" not in hostile
    assert (Ticket.objects.count(), AuditEntry.objects.count(), SafetyWord.objects.count()) == before


def test_word_that_is_on_the_list_in_any_spelling_is_refused_and_one_switched_off_comes_back(desk, client_as):
    page = client_as(desk.owner).post(WORDS, {"word": "FIRE!"})
    assert page.status_code == 422
    assert "“fire” is on the list already" in page.content.decode()
    count = SafetyWord.objects.count()
    SafetyWord.objects.filter(word="fire").update(is_active=False)
    assert add_safety_word(actor=desk.owner, word="Fire").word == "fire"
    assert (SafetyWord.objects.get(word="fire").is_active, SafetyWord.objects.count()) == (True, count)


@pytest.mark.parametrize("word", ["", "  ", "!", "আ", "x", "a " * 40])
def test_word_that_is_none_is_told_at_its_field(desk, client_as, word):
    before = SafetyWord.objects.count()
    page = client_as(desk.owner).post(WORDS, {"word": word})
    assert page.status_code == 422
    assert 'id="id_word_error"' in page.content.decode()
    assert SafetyWord.objects.count() == before


def test_list_with_no_word_in_use_warns(desk, client_as):
    SafetyWord.objects.update(is_active=False)
    assert "nobody is warned of danger" in client_as(desk.owner).get(WORDS).content.decode()


def test_settings_are_for_those_with_the_right_only(desk, client_as):
    row, word = Category.objects.first(), SafetyWord.objects.first()
    move, switch = (
        reverse("tickets:category_move", args=[row.pk]),
        reverse("tickets:safety_word_switch", args=[word.pk]),
    )
    client = client_as(desk.manager)
    for address in (CATEGORIES, NEW, edit(row), WORDS):
        assert client.get(address).status_code == 403
    for address in (NEW, edit(row), WORDS, move, switch):
        assert client.post(address, {"word": "x", "name_en": "x", "on": "0"}).status_code == 403
    for act in (
        lambda: save_category(actor=desk.manager, name_en="X"),
        lambda: move_category(actor=desk.manager, category=row, up=False),
        lambda: add_safety_word(actor=desk.manager, word="flood"),
        lambda: switch_safety_word(actor=desk.manager, word=word, is_active=False),
    ):
        with pytest.raises(PermissionRefused):
            act()
    owner = client_as(desk.owner)
    assert [owner.get(address).status_code for address in (move, switch)] == [405, 405]
    for name in ("category_edit", "category_move", "safety_word_switch"):
        assert owner.post(reverse(f"tickets:{name}", args=[999_999]), {}).status_code == 404
    page = owner.get(reverse("web:settings")).content.decode()
    assert CATEGORIES in page
    assert WORDS in page
