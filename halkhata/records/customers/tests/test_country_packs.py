"""The places of Bangladesh (bangladesh.md C5): complete, in both languages, and found however they are typed."""

import re
from collections import Counter

import pytest

from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.countries import country_choices, country_name
from halkhata.records.customers.country_packs import (
    DISTRICT,
    DIVISION,
    FOLDER,
    LEVELS,
    UPAZILA,
    ReadPlace,
    pack_of,
    place_name,
    read_place,
)
from halkhata.records.customers.models import Address
from halkhata.records.customers.services.customers import create_customer, update_customer

BENGALI = re.compile(r"[\u0980-\u09ff .-]+")
LATIN = re.compile(r"[A-Za-z' -]+")
# Upazilas by district as the government counts them: 495 in all. Thanas of the cities stand beside them.
UPAZILAS = {
    "BD-A": 42, "BD-B": 104, "BD-C": 89, "BD-D": 59, "BD-E": 67, "BD-F": 58, "BD-G": 41, "BD-H": 35,
}  # fmt: skip
METROPOLITAN = {"BD-13": 50, "BD-10": 15, "BD-27": 8, "BD-54": 11, "BD-60": 5, "BD-06": 4, "BD-18": 7, "BD-55": 6}


@pytest.fixture(scope="module")
def pack():
    return pack_of("BD")


def test_all_divisions_districts_and_upazilas_are_there(pack):
    counts = Counter(place.level for place in pack.places.values())
    assert (counts[DIVISION], counts[DISTRICT]) == (8, 64)
    assert sum(UPAZILAS.values()) == 495
    assert counts[UPAZILA] == 495 + sum(METROPOLITAN.values()) >= 490
    for division, expected in UPAZILAS.items():
        inside = list(pack.under(division, UPAZILA))
        thanas = sum(METROPOLITAN.get(place.code, 0) for place in pack.under(division, DISTRICT))
        assert len(inside) - thanas == expected, division


def test_every_district_has_upazilas_and_lies_in_a_division(pack):
    for place in pack.under("", DISTRICT):
        assert pack.places[place.parent].level == DIVISION
        assert len(list(pack.under(place.code, UPAZILA))) >= 3, place
        assert re.fullmatch(r"BD-\d\d", place.code)


def test_every_upazila_lies_in_a_district_and_its_code_says_which(pack):
    for place in pack.under("", UPAZILA):
        assert pack.places[place.parent].level == DISTRICT
        assert place.code.startswith(f"{place.parent}.")
        assert len(place.code) <= Address._meta.get_field("upazila_code").max_length


def test_names_stand_in_both_languages_clean_and_once(pack):
    for level in LEVELS:
        places = [place for place in pack.places.values() if place.level == level]
        for place in places:
            assert BENGALI.fullmatch(place.bn), place
            assert LATIN.fullmatch(place.en), place
            for name in (place.bn, place.en, *place.other):
                assert clean_text(name) == name, place
        for language in ("bn", "en"):
            twice = [key for key, count in Counter((p.parent, p.name(language)) for p in places).items() if count > 1]
            assert twice == []


def test_pack_says_its_version_and_where_it_is_from(pack):
    assert pack.country == "BD"
    assert re.fullmatch(r"\d{4}\.\d{2}\.\d+", pack.version)
    assert "government" in pack.source
    assert [file.stem for file in FOLDER.glob("*.json")] == ["bd"]


def test_each_name_is_read_as_its_own_place(pack):
    for place in pack.under("", UPAZILA):
        district = pack.places[place.parent]
        for language in ("bn", "en"):
            assert read_place("BD", district.name(language), place.name(language)) == ReadPlace(
                district.code, place.code
            )


@pytest.mark.parametrize(
    ("district", "upazila", "expected"),
    [
        ("Comilla", "Debidwar", ("BD-08", "BD-08.debidwar")),
        ("কুমিল্লা জেলা", "দেবিদ্বার উপজেলা", ("BD-08", "BD-08.debidwar")),
        ("jessore", "", ("BD-22", "")),
        ("Chittagong", "Kotwali thana", ("BD-10", "BD-10.kotwali")),
        ("ঢাকা", "মিরপুর", ("BD-13", "BD-13.mirpur-model")),
        ("Dhaka", "Dhanmondi", ("BD-13", "BD-13.dhanmondi")),
        ("", "Savar", ("BD-13", "BD-13.savar")),  # the only one of that name
        ("", "Kaliganj", ("", "")),  # four districts have one: nobody guesses
        ("Gazipur", "Kaliganj", ("BD-18", "BD-18.kaliganj")),
        ("Khulna", "Savar", ("BD-27", "")),  # lies elsewhere
        ("Atlantis", "Savar", ("", "")),
        ("বগুরা", "", ("BD-03", "")),  # ড় typed as র: by its sound
        ("", "", ("", "")),
    ],
)
def test_places_are_read_however_they_are_typed(district, upazila, expected):
    assert read_place("BD", district, upazila) == ReadPlace(*expected)


@pytest.mark.parametrize("country", ["IN", "", "../", "BDX", "৳৳"])
def test_other_countries_have_free_text(country):
    assert pack_of(country) is None
    assert read_place(country, "Dhaka", "Savar") == ReadPlace()


def test_address_keeps_the_text_and_gets_the_codes(shop):
    who = create_customer(
        actor=shop.agent, name_en="Somebody", address={"district": "যশোর", "upazila": "Sharsha", "line": "House 1"}
    )
    place = who.addresses.get()
    assert (place.district, place.district_code, place.upazila_code) == ("যশোর", "BD-22", "BD-22.sharsha")
    update_customer(
        actor=shop.agent, customer=who, version=who.version, address={"district": "West Bengal", "country": "IN"}
    )
    place.refresh_from_db()
    assert (place.country, place.district_code, place.upazila_code) == ("IN", "", "")


def test_place_is_shown_in_the_readers_language(shop, client_as):
    who = create_customer(actor=shop.agent, name_en="Somebody", address={"district": "Jessore", "upazila": "শার্শা"})
    assert "Sharsha, Jashore" in client_as(shop.agent).get(f"/customers/{who.pk}/").content.decode()
    assert "শার্শা, যশোর" in client_as(shop.agent, language="bn").get(f"/customers/{who.pk}/").content.decode()


def test_form_suggests_districts_and_the_upazilas_of_the_typed_one(shop, client_as):
    client = client_as(shop.agent)
    form = client.get("/customers/new/").content.decode()
    assert form.count("<option value=") > 64
    assert '<option value="Chattogram"></option>' in form
    listed = client.get("/customers/places/", {"district": "মেহেরপুর"}).content.decode()
    assert re.findall(r'value="([^"]+)"', listed) == ["Gangni", "Meherpur Sadar", "Mujibnagar"]
    assert "<option" not in client.get("/customers/places/", {"district": "nowhere"}).content.decode()


def test_names_of_codes_and_countries():
    assert place_name("BD", "BD-13.savar", "bn") == "সাভার"
    assert place_name("BD", "BD-99.gone", "bn") == ""
    assert (country_name("BD", "en"), country_name("IN", "en")) == ("", "India")
    assert country_choices("bn")[0][0] == "BD"
    assert len(country_choices("en")) > 200
