"""SutonnyMJ: told from English, and turned into what its font shows."""

import unicodedata

import pytest

from halkhata.records.imports.reading.bijoy import bijoy_to_unicode, from_bijoy, is_surely_bijoy, looks_bijoy

pytestmark = pytest.mark.one_database

PAIRS = [
    ("bvg", "নাম"),
    ("iwng DwÏb", "রহিম উদ্দিন"),
    ("†gvt Avãyj Kwig", "মোঃ আব্দুল করিম"),
    ("XvKv", "ঢাকা"),
    ("ivRkvnx", "রাজশাহী"),
    ("PÆMÖvg", "চট্টগ্রাম"),
    ("wmivRMÄ", "সিরাজগঞ্জ"),
    ("h‡kvi", "যশোর"),
    ("‡gŠjfx", "মৌলভী"),
    ("ag©", "ধর্ম"),
    ("wb‡`©k", "নির্দেশ"),
    ("kÖ×v", "শ্রদ্ধা"),
    ("e¨vsK", "ব্যাংক"),
    ("K…òv", "কৃষ্ণা"),
    ("Puv`", "চাঁদ"),
    ("gvwmK wKw¯Í", "মাসিক কিস্তি"),
    ("Avš—R©vwZK", "আন্তর্জাতিক"),
    ("wµ‡÷vdvi", "ক্রিস্টোফার"),
    ("`ªæZ", "দ্রুত"),
    ("01712-345678", "01712-345678"),
]


@pytest.mark.parametrize(("bijoy", "unicode"), PAIRS)
def test_letters_become_what_the_font_shows(bijoy, unicode):
    import unicodedata

    assert bijoy_to_unicode(bijoy) == unicodedata.normalize("NFC", unicode)


def test_bengali_stays_as_it_is():
    assert bijoy_to_unicode("রহিম উদ্দিন") == "রহিম উদ্দিন"


@pytest.mark.parametrize(
    "cells",
    [
        ["রহিম উদ্দিন", "iwng DwÏb", "Kwig wgqv"],
        ["কলেজ রোড", "evRvi cvov", "Avjgbagi"],
        ["iwng DwÏb", "Kwig wgqv"],
        ["†gvt Avãyj Kwig"],
        ["wgicyi 10, XvKv", "e¸ov"],
        ["wVKvbv"],
        ["‡gvevBj"],
    ],
)
def test_column_in_bijoy_is_known(cells):
    assert looks_bijoy(cells)


@pytest.mark.parametrize(
    "cells",
    [
        ["Rahim Uddin", "Karim Mia"],
        ["Vivek Xavier", "Wazed Ali"],
        ["Mirpur 10, Dhaka"],
        ["Phone", "Village", "Owner"],
        ["রহিম উদ্দিন"],
        ["রহিম উদ্দিন", "Vivek Xavier", "Wazed Ali"],
        ["রহিম উদ্দিন", "Rizvy"],
        ["Aziz Nawaz", "Zawwar Wazed"],
        ["01712-345678"],
        ["José", "Zoë"],
        [],
    ],
)
def test_other_columns_are_not_taken_for_bijoy(cells):
    assert not looks_bijoy(cells)


@pytest.mark.parametrize(
    ("cell", "is_it"),
    [("†gvt Avãyj Kwig", True), ("gynv¤§` Avjx", True), ("Apex® Ltd", False), ("José & Zoë", False), ("রহিম", False)],
)
def test_one_cell_alone_is_bijoy_only_beyond_doubt(cell, is_it):
    assert is_surely_bijoy(cell) is is_it


@pytest.mark.parametrize("cell", ["Anowar Bepari", "Md. Dulal Prodhan", "Md. Nawab Ali", "রহিম উদ্দিন", "01100-000101"])
def test_english_names_in_a_bijoy_column_stay(cell):
    assert from_bijoy(cell) == cell


@pytest.mark.parametrize(
    ("cell", "made"),
    [
        ("evRvi cvov", "বাজার পাড়া"),
        ("gbmyi Avjg", "মনসুর আলম"),
        ("Kwig", "করিম"),
        ("Kjg", "কলম"),
        ("mvjgv LvZyb", "সালমা খাতুন"),
    ],
)
def test_short_words_of_a_bijoy_column_are_read(cell, made):
    assert from_bijoy(cell) == unicodedata.normalize("NFC", made)
