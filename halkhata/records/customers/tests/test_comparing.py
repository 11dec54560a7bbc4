"""What two entries have in common, field by field, and what it says (A56.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halkhata.records.customers.merging.comparing import bits_of, compare, levels
from halkhata.records.customers.merging.people import fold_person
from halkhata.records.customers.merging.reasons import WORDS, read, stored
from halkhata.records.customers.merging.weights import WEIGHTS

PHONE, OTHER_PHONE = "+8801100000123", "+8801155555555"


def level(field, one, other):
    return dict(levels(fold_person(1, **one), fold_person(2, **other))).get(field)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Rahim Uddin", "Uddin Rahim", "same"),
        ("Md. Rahim Uddin", "Rahim Uddin", "same"),
        ("রহিম উদ্দিন", "Raheem Uddin", "sound"),
        ("Rahim Uddin", "Rahimm Uddin", "sound"),
        ("Rahim Uddin", "Rahil Uddin", "alike"),
        ("Rahim Uddin Molla", "Rahim Uddin", "part"),
        # One word is half a name, however equal.
        ("Rahim", "Rahim", "part"),
        ("Rahim Uddin", "Karim Uddin", "some"),
        ("Jamal Hossain", "Kamal Hossain", "some"),
        ("রহিমা খাতুন", "Raima Khatun", "alike"),
        ("Anwar Asraf Haque", "Anwar Asrafhaque", "alike"),
        ("আলী তানভীর ভূঁইয়া", "Tanveer Bhuiyan Ali", "sound"),
        ("Anwar Ashraf Haque", "Haque Anwaar", "part"),
        ("Rahim Uddin", "Salma Begum", "other"),
        ("", "Salma Begum", None),
    ],
)
def test_names_agree_on_a_level(one, other, expected):
    assert level("name", {"names": [one] if one else []}, {"names": [other]}) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (PHONE, PHONE, "same"),
        (PHONE, "+8801100000132", "near"),  # two digits changed places
        (PHONE, "+8801100000124", "near"),
        (PHONE, OTHER_PHONE, "other"),
    ],
)
def test_phones_agree_on_a_level(one, other, expected):
    assert level("phone", {"phones": [one]}, {"phones": [other]}) == expected


def test_address_fields_agree_on_levels():
    here = {"line": "বাড়ি ১২, স্টেশন রোড", "area": "সাভার", "district": "ঢাকা"}
    there = {"line": "স্টেশন রোড, বাড়ি 12", "area": "Savar", "district": "Dhaka"}
    assert level("line", here, there) == "same"
    assert level("line", here, {"line": "House 14, Station Road"}) == "road"
    assert level("line", here, {"line": "Beside Boro Masjid"}) == "other"
    assert level("place", here, there) == "same"
    assert level("place", here, {"area": "Mirpur", "district": "Dhaka"}) == "near"
    assert level("place", here, {"area": "Mirpur", "district": "Khulna"}) == "other"
    assert level("place", here, {}) is None


def test_ids_of_other_systems_are_compared_within_their_system():
    assert level("identifier", {"identifiers": [("nid", "199 01")]}, {"identifiers": [("nid", "199-01")]}) == "same"
    assert level("identifier", {"identifiers": [("nid", "19901")]}, {"identifiers": [("old shop", "19901")]}) is None
    assert level("identifier", {"identifiers": [("nid", "19901")]}, {"identifiers": [("nid", "55555")]}) == "other"


def test_a_paper_and_a_unit_speak_for_one_person_and_never_against():
    assert level("paper", {"papers": ["a1", "b2"]}, {"papers": ["b2"]}) == "same"
    assert level("paper", {"papers": ["a1"]}, {"papers": ["b2"]}) is None
    assert level("unit", {"units": ["7:3"]}, {"units": ["7:3"]}) == "same"
    one, other = fold_person(1, names=["Salma Begum"], papers=["a1"]), fold_person(2, names=["Rahim"], papers=["a1"])
    assert compare(one, other).score > 0.5
    bare = fold_person(3, names=["Salma Begum"]), fold_person(4, names=["Rahim"])
    assert compare(*bare).score < 0.01


def test_one_person_in_two_scripts_with_one_phone_is_very_likely():
    one = fold_person(1, names=["রহিমা বেগম খাতুন"], phones=[PHONE])
    other = fold_person(2, names=["Rahima Begum Khatun"], phones=[PHONE])
    assert compare(one, other).percent >= 90


def test_a_family_with_one_phone_and_other_names_is_not_proposed():
    father = fold_person(1, names=["করিম উদ্দিন"], phones=[PHONE], line="বাড়ি ১২", area="সাভার")
    daughter = fold_person(2, names=["Salma Sultana"], phones=[PHONE], line="House 12", area="Savar")
    assert compare(father, daughter).score < 0.5


def test_namesakes_with_other_phones_are_not_proposed():
    one = fold_person(1, names=["Abdul Karim"], phones=[PHONE])
    other = fold_person(2, names=["Abdul Karim"], phones=[OTHER_PHONE])
    assert compare(one, other).score < 0.5


def test_no_level_outweighs_a_better_one_and_what_differs_never_speaks_for_one_person():
    for field, row in WEIGHTS.items():
        weights = list(row.values())
        assert weights == sorted(weights, reverse=True), field
        assert weights[0] > 0, field
        # Of papers and units there is "same" only: another one says nothing.
        assert row.get("other", 0.0) <= 0, field
        if field not in {"paper", "unit"}:
            assert row["other"] == bits_of(field, "other"), field


def test_a_couple_in_one_house_with_one_phone_is_not_proposed():
    home = {"phones": [PHONE], "line": "House 12, Station Road", "area": "Savar"}
    one, other = fold_person(1, names=["Salma Mia"], **home), fold_person(2, names=["Karim Mia"], **home)
    assert compare(one, other).score < 0.1
    assert compare(one, fold_person(2, names=["সালমা মিয়া"], **home)).score > 0.9


def test_every_level_has_words_and_survives_storage():
    assert set(WORDS) == {(field, level) for field, row in WEIGHTS.items() for level in row}
    reasons = compare(
        fold_person(1, names=["A B"], phones=[PHONE]), fold_person(2, names=["A B"], phones=[PHONE])
    ).reasons
    assert [(one.field, one.level) for one in read(stored(reasons))] == [(one.field, one.level) for one in reasons]
    assert read([["name", "of another version", 1.0]]) == []


PEOPLE = st.builds(
    fold_person,
    st.just(1),
    names=st.lists(st.sampled_from(["রহিম উদ্দিন", "Rahim Uddin", "Salma", "Karim Mia", ""]), max_size=2),
    phones=st.lists(st.sampled_from([PHONE, OTHER_PHONE, "+8801100000124"]), max_size=2),
    emails=st.lists(st.sampled_from(["a@example.com", "rahim@example.com", "rahim@mail.example.com"]), max_size=2),
    line=st.sampled_from(["", "House 12", "বাড়ি ১২"]),
    area=st.sampled_from(["", "Savar", "সাভার", "Mirpur"]),
)


@given(PEOPLE, PEOPLE)
def test_comparing_is_the_same_both_ways_round_and_a_chance(one, other):
    there, back = compare(one, other), compare(other, one)
    assert (there.score, there.reasons) == (back.score, back.reasons)
    assert 0 <= there.score <= 1
    assert 0 <= there.percent <= 99
