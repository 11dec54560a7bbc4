"""Priority from impact and urgency, and words of danger (A52.9)."""

import pytest

from halkhata.desks.tickets.events import TicketSafetyAlarm
from halkhata.desks.tickets.models import SafetyWord
from halkhata.desks.tickets.services.defaults import create_default_categories
from halkhata.desks.tickets.services.priority import priority_of, safety_words_in
from halkhata.desks.tickets.tests.conftest import make_ticket
from halkhata.engines.work.models import Notification
from halkhata.foundation.core.jobs.worker import run_until_quiet
from halkhata.foundation.core.models import OutboxEvent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [
        ("high", "high", "urgent"), ("high", "medium", "high"), ("high", "low", "normal"),
        ("medium", "high", "high"), ("medium", "medium", "normal"), ("medium", "low", "low"),
        ("low", "high", "normal"), ("low", "medium", "low"), ("low", "low", "low"),
    ],
)  # fmt: skip
def test_each_cell_of_the_matrix_gives_its_priority(impact, urgency, priority):
    assert priority_of(impact, urgency) == priority


def test_impact_outside_the_list_is_refused():
    with pytest.raises(ValueError, match="enormous"):
        priority_of("enormous", "high")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("There is FIRE in the kitchen!", "fire"), ("It caught fire.", "fire"), ("Smoke came out", "smoke"),
        ("I got a shock from the fridge", "shock"), ("electrocuted my brother", "electrocute"),
        ("The wire burnt", "burn"),
        ("burning smell", "burn"), ("the battery exploded", "explode"),
        ("it is exploding", "explode"),
        ("gas leaks from the stove", "gas"), ("Brakes do not hold", "brake"), ("sparks from the plug", "spark"),
        ("two injuries", "injury"), ("an accident happened", "accident"), ("agun legese", "agun"),
        ("ফ্রিজে আগুন লেগেছে", "আগুন"), ("আগুনের ভয়", "আগুন"), ("আগুনে পুড়ে গেছে", "আগুন"), ("ধোঁয়া বের হয়", "ধোঁয়া"),
        ("হাত দিলে শক করে", "শক"), ("শকের ভয়", "শক"), ("তার পুড়ে গেছে", "পুড়ে"), ("পোড়া গন্ধ", "পোড়া"),
        ("গ্যাসের গন্ধ", "গ্যাস"), ("ব্রেক ধরে না", "ব্রেক"), ("ব্রেকটাই নষ্ট", "ব্রেক"), ("দুর্ঘটনায় পড়েছি", "দুর্ঘটনা"),
    ],
)  # fmt: skip
def test_word_of_danger_is_found_in_its_forms(text, word):
    create_default_categories()
    assert word in safety_words_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "We met at the campfire", "The technician was fired", "firing people", "a bonfire", "gasoline price", "gastric",
        "unbreakable", "breakfast", "accidentally paid twice", "sparkling clean", "sideburns",
        "খুব শক্ত দরজা", "শক্তি নেই", "ব্রেকফাস্ট", "গ্যাস্ট্রিক", "শকুন", "আগে", "",
    ],
)  # fmt: skip
def test_other_words_are_no_danger(text):
    create_default_categories()
    assert safety_words_in(text) == []


def test_joiner_and_old_spelling_make_no_difference():
    create_default_categories()
    # য় as one code point and as letter with nukta; a stray zero-width non-joiner inside the word.
    assert safety_words_in("ধোঁ\u09dfা") == safety_words_in("ধোঁ\u09af\u09bcা") == ["ধোঁয়া"]
    assert safety_words_in("আ\u200cগুন") == ["আগুন"]


def test_word_that_is_switched_off_is_not_found():
    create_default_categories()
    SafetyWord.objects.filter(word="gas").update(is_active=False)
    assert safety_words_in("gas refill for the AC") == []


def test_danger_forces_urgent_and_tells_the_manager_once(desk, rahima):
    ticket = make_ticket(desk, rahima, "Smoke and fire from the fridge", impact="low", urgency="low")
    assert (ticket.priority, ticket.safety_words) == ("urgent", ["fire", "smoke"])
    assert OutboxEvent.objects.filter(name=TicketSafetyAlarm.name).count() == 1
    run_until_quiet()
    told = Notification.objects.filter(verb="ticket.safety_alarm")
    assert [(notice.user, notice.data["words"]) for notice in told] == [(desk.manager, ["fire", "smoke"])]


def test_without_danger_nobody_is_alarmed(desk, rahima):
    ticket = make_ticket(desk, rahima, impact="high", urgency="medium")
    run_until_quiet()
    assert (ticket.priority, ticket.safety_words) == ("high", [])
    assert not Notification.objects.filter(verb="ticket.safety_alarm").exists()
