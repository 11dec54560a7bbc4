"""The gate for text: exact cases of bangladesh.md C2, and properties over Bengali, joiners and any Unicode at all."""

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halkhata.foundation.core.text import clean_text, fold_digits, search_key, search_words, to_bengali_digits

REFERENCE = Path(os.environ.get("HALKHATA_REFERENCE_DIR", Path(__file__).parents[4] / "tests" / "reference"))

ZWNJ, ZWJ = "\u200c", "\u200d"
bengali = st.text(
    st.one_of(
        st.characters(min_codepoint=0x0980, max_codepoint=0x09FE),
        st.sampled_from(ZWNJ + ZWJ + " :.-\u00a0\u200b\u202e" + "কতরযািেোৗ়্ৎঃ"),
    ),
    max_size=30,
)
anything = st.one_of(bengali, st.text(max_size=40), st.text(st.characters(codec=None), max_size=20))


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        (None, ""),
        ("", ""),
        ("  a \t b\r\nc ", "a b c"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("\ufeffরহিম\u200e", "রহিম"),
        ("\u202eমিহর\u202c", "মিহর"),
        ("ক\u00a0খ\u2003গ", "ক খ গ"),
        ("কে\u09be", "কো"),  # two halves, in the order of Unicode
        ("ক\u09be\u09c7", "কো"),  # two halves, in the order of a converter
        ("ক\u09c7\u09d7", "কৌ"),
        ("\u0985\u09beম", "আম"),
        ("সময\u09bc", "সময\u09bc"),
        ("সম\u09df", "সময\u09bc"),
        (f"র{ZWJ}\u09cdয\u09beব", f"র{ZWJ}\u09cdয\u09beব"),
        (f"পঙ\u09cd{ZWNJ}ক\u09cdতি", f"পঙ\u09cd{ZWNJ}ক\u09cdতি"),
        (f"{ZWJ}রহিম{ZWNJ}", "রহিম"),
        (f"0171{ZWNJ}2345", "01712345"),
        (f"Ra{ZWJ}him", "Rahim"),
        (f"ক {ZWJ} খ", "ক খ"),
        (f"র{ZWJ}{ZWJ}\u09cdয", f"র{ZWJ}\u09cdয"),
        (f"বিদ\u09cdযুত\u09cd{ZWJ}", f"বিদ\u09cdযুত\u09cd{ZWJ}"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("e\u0301", "é"),
        ("a\ud800b", "ab"),
    ],
)
def test_clean_text_typed_text_becomes_fit_to_store(typed: str | None, clean: str) -> None:
    assert clean_text(typed) == clean


def test_clean_text_long_hostile_text_takes_time_in_proportion() -> None:
    spaces = "\u00a0" + "  \t" * 100_000 + "x"
    assert clean_text(spaces, multiline=True) == "x"
    assert clean_text(ZWJ * 100_000) == ""
    assert clean_text("ক" + ("\u09cd" + ZWJ) * 50_000, max_length=3) == "ক\u09cd" + ZWJ


def test_clean_text_multiline_keeps_lines_and_indentation() -> None:
    assert clean_text(" a  \r\n\tb\u00a0c\rd\x0ce\u2028f \n\n", multiline=True) == "a\n\tb c\nd\ne\nf"


@pytest.mark.parametrize(
    ("text", "length", "cut"),
    [
        ("abcdef", 4, "abcd"),
        ("abc def", 4, "abc"),
        ("abcd", 4, "abcd"),
        ("করিম", 2, "ক"),  # রি is one letter to the eye
        ("শক\u09cdতি", 3, "শ"),  # and so is a conjunct
        ("অ" + "\u0981" * 5, 3, "অ" + "\u0981" * 2),  # all marks: nothing better than a hard cut
    ],
)
def test_clean_text_too_long_is_cut_between_letters(text: str, length: int, cut: str) -> None:
    assert clean_text(text, max_length=length) == cut


@given(anything, st.booleans(), st.one_of(st.none(), st.integers(1, 20)))
def test_clean_text_twice_changes_nothing(text: str, multiline: bool, max_length: int | None) -> None:
    once = clean_text(text, multiline=multiline, max_length=max_length)
    assert clean_text(once, multiline=multiline, max_length=max_length) == once
    assert unicodedata.normalize("NFC", once) == once
    assert once == once.strip()
    assert not set(once) & set("\x00\ufeff\u200b\u200e\u200f\u202a\u202e\u2066\r")
    assert once.encode("utf-8").decode("utf-8") == once
    if not multiline:
        assert once.split() == once.split(" ") or once == ""
    if max_length is not None:
        assert len(once) <= max_length


@given(anything)
def test_clean_text_on_one_line_is_the_lines_in_one(text: str) -> None:
    # The one-line form has a short way for text with nothing unusual in it; lines always take the long one.
    assert clean_text(text) == " ".join(clean_text(text, multiline=True).split())


@given(anything)
def test_clean_text_any_normal_form_gives_the_same(text: str) -> None:
    text = "".join(character for character in text if not 0xD800 <= ord(character) <= 0xDFFF)
    assert clean_text(unicodedata.normalize("NFD", text)) == clean_text(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("সম\u09df", "সময\u09bc"),
        (f"র{ZWJ}\u09cdয\u09beব", "র\u09cdয\u09beব"),
        (f"উত\u09cd{ZWJ}সব", "উৎসব"),
        ("মোঃ রহিম", "মো. রহিম"),
        ("মো: রহিম", "মো রহিম"),
        ("০১৭১২-৩৪৫", "01712 345"),
        ("RAHIM", "rahim"),
        ("José", "jose"),
        ("Straße", "STRASSE"),
        ("\uff32\uff11", "r1"),
        ("O'Brien-Smith", "o brien smith"),
        ("কাে", "কো"),
        ("৳৫০০।", "500"),
        ("❤\ufe0f করিম", "করিম"),
    ],
)
def test_search_key_spellings_of_the_same_words_are_equal(one: str, other: str) -> None:
    assert search_key(one) == search_key(other) != ""


def test_search_key_different_marks_stay_different() -> None:
    assert len({search_key(word) for word in ("কাদা", "কাঁদা", "কদা", "কাডা", "কাড\u09bcা")}) == 5
    assert search_key("দুঃখ") == "দুঃখ"


@given(anything)
def test_search_key_twice_changes_nothing(text: str) -> None:
    key = search_key(text)
    assert search_key(key) == key
    assert search_key(clean_text(text)) == key
    assert ZWJ not in key
    assert ZWNJ not in key
    assert search_words(text) == key.split()


def test_search_words_splits_at_punctuation() -> None:
    assert search_words("জনাব রহিম, ঢাকা-১২১২।") == ["জনাব", "রহিম", "ঢাকা", "1212"]
    assert search_words(None) == []


@given(st.text())
def test_digits_there_and_back_are_ascii(text: str) -> None:
    assert fold_digits(to_bengali_digits(text)) == fold_digits(text)


def test_digits_each_has_its_counterpart() -> None:
    assert to_bengali_digits("K-0123456789") == "K-০১২৩৪৫৬৭৮৯"
    assert fold_digits("০১২৩৪৫৬৭৮৯ টাকা") == "0123456789 টাকা"


@pytest.mark.reference
def test_conjunct_words_survive_and_are_found() -> None:
    words = (REFERENCE / "conjuncts.txt").read_text(encoding="utf-8").split("\n")
    words = [word for word in words if word.strip()]
    assert words
    for word in words:
        assert clean_text(word) == unicodedata.normalize("NFC", word.strip())
        bare = word.replace(ZWJ, "").replace(ZWNJ, "")
        joined = bare.replace("\u09cd", "\u09cd" + ZWNJ)
        assert (
            search_key(bare) == search_key(word) == search_key(joined) == search_key(unicodedata.normalize("NFD", word))
        )
        assert search_key(word) in search_key(f"আজ ({word}) এল")
