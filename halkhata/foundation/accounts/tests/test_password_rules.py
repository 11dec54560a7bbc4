"""Passwords: long is good, common and known is not, no composition rules."""

import pytest
from django.test import Client

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.services.passwords import check_password_rules
from halkhata.foundation.core.errors import DomainError

REFUSED = {
    "eleven char": "password_too_short",
    "password1234": "password_too_common",
    "Password1234!": "password_too_common",
    "১২৩৪৫৬৭৮৯০১২": "password_too_common",
    "123456789012": "password_too_common",
    "210987654321": "password_too_common",
    "aaaaaaaaaaaa": "password_too_common",
    "abababababab": "password_too_common",
    "qwertyqwerty": "password_too_common",
    "qwerty123456": "password_too_common",
    "************": "password_too_common",
    "padma motors 1": "password_own_words",
    "PadmaMotors2026": "password_own_words",
    "rafi 01100000042": "password_own_words",
    "০১১০০০০০০৪২rafi": "password_own_words",
    "8801100000042ab": "password_own_words",
    "পদ্মা মোটরস ১": "password_own_words",
    "রফিকুল ইসলাম ১২": "password_own_words",
    "x" * 500 + "abcde" * 105: "password_too_long",
}
TAKEN = [
    "nine plain words", "correct horse battery staple", "আমার সোনার বাংলা তোমায়", "kjhgf-8tzr-w2qm",
    "river boat lemon 42", "motor oil and rain in june", "a" * 3 + "lotus pond at four" * 7, "𝓌𝑒 go home at dusk now",
]  # fmt: skip


@pytest.fixture
def person(shop):
    User.objects.filter(pk=shop.agent.pk).update(phone_e164="+8801100000042", name_bn="রফিকুল ইসলাম", name_en="Rafi")
    return User.objects.get(pk=shop.agent.pk)


@pytest.mark.parametrize(("password", "reason"), REFUSED.items())
def test_weak_password_is_refused_for_its_reason(person, password, reason):
    with pytest.raises(DomainError) as refused:
        check_password_rules(password, user=person)
    assert refused.value.data["reason"] == reason
    assert str(refused.value.message)


@pytest.mark.parametrize("password", TAKEN)
def test_long_words_are_taken_without_capitals_digits_or_signs(person, password):
    check_password_rules(password, user=person)


def test_password_of_two_hundred_letters_signs_in(person):
    password = ("river boat lemon tea and a long walk " * 6)[:200]
    person.set_password(password)
    person.save()
    assert Client().post("/sign-in/", {"username": "rafi", "password": password}).status_code == 302
    assert Client().post("/sign-in/", {"username": "rafi", "password": password[:128]}).status_code == 200
