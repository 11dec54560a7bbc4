"""The order of a Bengali dictionary: against the letters' own order, a list of names, and ICU where it is at hand."""

import re
import unicodedata

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from halkhata.foundation.core.bengali_order import NAMELESS, by_label, by_name, name_key, sort_key

LETTERS = re.findall(
    r"\S+",
    "অ আ ই ঈ উ ঊ ঋ এ ঐ ও ঔ ং ঃ ঁ ক খ গ ঘ ঙ চ ছ জ ঝ ঞ ট ঠ ড ড় ঢ ঢ় ণ ত ৎ থ দ ধ ন প ফ ব ভ ম য য় র ল শ ষ স হ",
)
SIGNS = ["", "ই", "ং", "ঃ", "ঁ", "ক", "হ", "া", "ি", "ী", "ু", "ূ", "ৃ", "ে", "ৈ", "ো", "ৌ", "্", "্ক", "্ষ"]

# Names of nobody in particular, in the order of the Bangla Academy's dictionary.
NAMES = """
৭ নম্বর
১২ নম্বর
অঞ্জন
অনন্যা
অনিক
অনুপম
অপর্ণা
অভি
অমল
অমিত
অরুণ
আঁখি
আকাশ
আতিক
আনন্দ
আনিস
আফরোজা
আব্দুল করিম
আব্দুল হক
আব্দুলাহ
আমিনা
আয়শা
আরিফ
আশা
আসাদ
ইকবাল
ইমরান
ইলা
ঈশিতা
উজ্জ্বল
উত্তম
উৎপল
ঊর্মি
ঋতু
এনাম
ঐশী
ওমর
কংস
কঙ্কন
কবির
কমল
কমলা
করিম
করিম খান
করিমা
কলি
কাকলি
কাজল
কামাল
কিরণ
কুসুম
কৃষ্ণা
কেয়া
কৌশিক
ক্ষমা
খালেদ
গণেশ
গীতা
গোলাপ
চাঁদনি
চামেলি
জয়া
জুঁই
ঝর্না
টুম্পা
ডলি
ঢালি
তপন
তানিয়া
তৃষা
থিয়া
দীপা
ধীরা
নদী
নাঈম
নাজমা
নিপা
পদ্মা
পাপিয়া
প্রিয়া
ফরিদা
বকুল
বড়ুয়া
বাবুল
বৃষ্টি
ভানু
মধু
মিতা
মৃদুলা
যতীন
রতন
রহিম
রহিমা
রাজু
রুমা
লতা
লিলি
শম্পা
শাপলা
শ্যামল
ষষ্ঠী
সবুজ
সুমি
সোমা
স্বপন
হাসান
হৃদয়
Anik
babul
Kamal
karim
Karima
""".strip().splitlines()

text = st.text(alphabet=st.sampled_from([*"অআকখগডঢযতনম্ািীুেোংঃঁ়ৎ০১২৯ aBzé-.12\u200c\u200d"]), max_size=12)


def mixed(rows):
    """The rows in another order, the same at each run."""
    return rows[1::2] + rows[::2][::-1]


def test_letters_stand_as_in_the_dictionary():
    assert sorted(mixed(LETTERS), key=sort_key) == LETTERS


def test_after_a_consonant_come_letters_then_vowel_signs_then_conjuncts():
    words = ["ক" + sign for sign in SIGNS]
    assert sorted(mixed(words), key=sort_key) == words


def test_more_than_a_hundred_names_stand_in_order():
    assert len(NAMES) >= 60
    assert sorted(mixed(NAMES), key=sort_key) == NAMES
    assert len({sort_key(name) for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("letter", ["ড়", "ঢ়", "য়"])
def test_dotted_letters_are_letters_of_their_own_in_both_spellings(letter):
    apart = unicodedata.normalize("NFD", letter)
    assert sort_key(letter) == sort_key(apart)
    assert sort_key(apart[0]) < sort_key(apart[0] + "হ") < sort_key(letter) < sort_key(chr(ord(apart[0]) + 1))


def test_numbers_stand_by_value_whatever_the_digits():
    shown = ["শাখা ২", "শাখা 3", "শাখা ১০", "শাখা 11", "শাখা ১০০", "শাখা ক"]
    assert sorted(mixed(shown), key=sort_key) == shown
    assert sort_key("০০৭") == sort_key("7")
    assert sort_key("9" * 300) == sort_key("৯" * 300)


def test_case_accents_joiners_and_marks_around_words_do_not_matter():
    assert sort_key("Zoé") == sort_key("ZOE") == sort_key(" zoe. ")
    assert sort_key("র‍্যাব") == sort_key("র্যাব")
    assert sort_key("চঁাদ") == sort_key("চাঁদ")
    assert sort_key("ত্‍") == sort_key("ৎ")


def test_bengali_goes_before_latin_and_latin_before_other_scripts():
    assert sorted(["Я", "a", "অ", "५", "한"], key=sort_key) == ["५", "অ", "a", "Я", "한"]


def test_short_lists_stand_by_what_the_reader_reads_and_nameless_last():
    assert by_name(["খ", "", "ক"]) == ["ক", "খ", ""]
    assert by_label([(1, "খ"), (2, "ক")]) == [(2, "ক"), (1, "খ")]
    assert name_key("") == NAMELESS > name_key("\U0010fffd한")


@given(text)
def test_key_is_the_same_for_every_spelling_of_the_same_letters(value):
    key = sort_key(value)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert sort_key(unicodedata.normalize(form, value)) == key
    assert sort_key(value.upper().lower()) == key


@given(text, text)
def test_joiners_never_change_the_order_of_words(first, second):
    bare = first.replace("ত্\u200d", "ৎ").replace("\u200c", "").replace("\u200d", "")
    assert sort_key(bare) == sort_key(first)
    assert (sort_key(first) < sort_key(second)) == (sort_key(bare) < sort_key(second))


@given(st.lists(text, max_size=8))
def test_order_is_total_and_keeps_equals_as_they_were(values):
    rows = list(enumerate(values))
    ordered = sorted(rows, key=lambda row: sort_key(row[1]))
    for (place, one), (next_place, other) in zip(ordered, ordered[1:], strict=False):
        assert sort_key(one) < sort_key(other) or (sort_key(one) == sort_key(other) and place < next_place)
    assert sorted(mixed(ordered), key=lambda row: (sort_key(row[1]), row[0])) == ordered


@given(st.text(max_size=20))
def test_any_text_has_a_key_and_a_word_goes_before_what_it_begins(value):
    key = sort_key(value)
    assert isinstance(key, bytes)
    assert sort_key(f"{value} ক") >= key


@pytest.mark.django_db
def test_database_orders_the_keys_as_python_does_and_icu_agrees():
    """ICU takes ড় ঢ় য় for ড ঢ য with a dot and reads numbers digit by digit; all else is one order."""
    with connection.cursor() as cursor:
        kind = "bytea" if connection.vendor == "postgresql" else "blob"
        cursor.execute(f"CREATE TEMPORARY TABLE keyed (place {kind}, word text)")
        cursor.executemany("INSERT INTO keyed VALUES (%s, %s)", [(sort_key(name), name) for name in mixed(NAMES)])
        cursor.execute("SELECT word FROM keyed ORDER BY place")
        assert [row[0] for row in cursor.fetchall()] == NAMES
        if connection.vendor != "postgresql":
            return
        words = [*NAMES, *LETTERS, *(f"ক{sign}" for sign in SIGNS[1:-1])]
        words = [word for word in dict.fromkeys(words) if not re.search("[\u09bc\u09dc\u09dd\u09df০-৯]", word)]
        cursor.execute('SELECT word FROM unnest(%s::text[]) AS word ORDER BY word COLLATE "bn-x-icu"', [mixed(words)])
        assert [row[0] for row in cursor.fetchall()] == sorted(words, key=sort_key)
