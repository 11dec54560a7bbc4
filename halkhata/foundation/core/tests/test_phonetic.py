"""Names that sound alike share a key, names that do not, do not (capability A56.4)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halkhata.foundation.core.phonetic import phonetic_key
from halkhata.foundation.core.text import search_key


@pytest.mark.parametrize(
    ("key", "spellings"),
    [
        ("rhm", "Rahim Raheem Rohim রহিম রহীম"),
        ("krm", "Karim Korim Kareem করিম করীম"),
        ("ftm", "Fatema Fatima Phatema ফাতেমা ফাতিমা"),
        ("mhmd", "Mohammad Muhammad Mohammed Mohamed মোহাম্মদ মুহাম্মদ মোহাম্মাদ Md Md. Mohd মোঃ মো. মো:"),
        ("msmt", "Mosammat Musammat মোসাম্মৎ মোছাম্মৎ Mst. মোছাঃ"),
        ("ahmd", "Ahmed Ahmad Ahamed আহমেদ আহমদ আহাম্মদ"),
        ("hsn", "Hossain Hussain Hossen Hosain হোসেন হোসাইন"),
        ("abdl", "Abdul Abdool আবদুল আব্দুল আঃ"),
        ("abdl", "Abdulla Abdullah আবদুল্লাহ আব্দুল্লা"),
        ("aktr", "Akter Akhter Akhtar আক্তার আখতার"),
        ("cdr", "Chowdhury Choudhury Chaudhuri চৌধুরী"),
        ("slm", "Salam Saalam সালাম ছালাম"),
        ("bss", "Biswas Bishwas বিশ্বাস"),
        ("asmn", "Yasmin Yeasmin ইয়াসমিন"),
        ("as", "Ayesha Aisha Aysha আয়েশা আয়শা"),
        ("ahd", "Wahid Waheed ওয়াহিদ"),
        ("anr", "Anwar Anowar আনোয়ার"),
        ("krsn", "Krishna কৃষ্ণ"),
        ("sbr", "Shuvro Shubhro শুভ্র"),
        ("jhnr", "Jahangir Zahangir জাহাঙ্গীর জাহাংগীর"),
        ("jmn", "Zaman Jaman জামান"),
        ("jsr", "Jessore Jashore যশোর"),
        ("brsl", "Barisal Barishal বরিশাল"),
        ("hk", "Haque Haq Hoque Huq হক"),
        ("sdk", "Siddique Siddiq Siddiqui সিদ্দিক সিদ্দিকী ছিদ্দিক"),
        ("bnl", "Bangla বাংলা"),
        ("tnl", "Tangail টাঙ্গাইল টাংগাইল"),
        ("kgrsr", "Khagrachhari খাগড়াছড়ি"),
        ("rb", "Rab র\u200d্যাব"),
        ("srj", "Surjo সূর্য"),
        ("bnk", "Bank ব্যাংক"),
        ("spn", "Swapan Shopon স্বপন"),
        ("lkm", "Lakshmi লক্ষ্মী"),
        ("bgn", "Biggan বিজ্ঞান"),
        ("rksn", "Roxana Roksana রোকসানা"),
        ("atpl", "Utpal উৎপল"),
        ("btcrj", "Bhattacharjee Bhattacharja ভট্টাচার্য"),
    ],
)
def test_spellings_of_one_name_share_the_key(key: str, spellings: str) -> None:
    assert {spelling: phonetic_key(spelling) for spelling in spellings.split()} == dict.fromkeys(spellings.split(), key)


def test_different_names_have_different_keys() -> None:
    names = "Rahim Karim Kamal Jamal Salam Kalam Fatema Halima Nasima Rashid Rafiq Shafiq Tarek Habib Mumin Min"
    assert len({phonetic_key(name) for name in names.split()}) == len(names.split())


def test_doubled_letter_is_one_but_repeated_syllable_is_two() -> None:
    assert phonetic_key("Mamun") == phonetic_key("মামুন") == "mmn"
    assert phonetic_key("মমতা") == phonetic_key("Mamata") == "mmt"
    assert phonetic_key("Ammu") == phonetic_key("আম্মু") == "am"


def test_several_words_keep_their_order() -> None:
    assert phonetic_key("Md. Abdur  Rahim") == phonetic_key("মোঃ আবদুর রহিম") == "mhmd abdr rhm"


@pytest.mark.parametrize("word", [None, "", "  ", "।", "-", "্", "ঁ", "\u200d", "়"])
def test_nothing_that_sounds_gives_an_empty_key(word: str | None) -> None:
    assert phonetic_key(word) == ""


def test_digits_and_other_scripts_stay() -> None:
    assert phonetic_key("R১৫") == "r15"
    assert phonetic_key("محمد") == "محمد"


names = st.text(
    st.one_of(
        st.characters(min_codepoint=0x0980, max_codepoint=0x09FE),
        st.sampled_from("abcdefghijklmnopqrstuvwxyz ABCXYZ.\u200c\u200d"),
    ),
    max_size=20,
)


@given(st.one_of(names, st.text()))
def test_any_text_gives_a_key_and_never_raises(word: str) -> None:
    key = phonetic_key(word)
    assert key == " ".join(key.split())
    assert phonetic_key(word) == key


@given(names)
def test_case_form_and_accents_make_no_difference(word: str) -> None:
    key = phonetic_key(word)
    assert phonetic_key(word.upper()) == key
    assert phonetic_key(unicodedata.normalize("NFD", word)) == key
    assert phonetic_key(f" {word} ") == key


@given(st.text(st.characters(min_codepoint=0x0980, max_codepoint=0x09FE), max_size=20))
def test_the_search_form_sounds_like_the_word(word: str) -> None:
    assert phonetic_key(search_key(word)) == phonetic_key(word)


@given(
    st.text("bdfgjklmnprtz", min_size=1, max_size=8), st.sampled_from("aeiou"), st.sampled_from(["ee", "oo", "i", "o"])
)
def test_vowels_make_no_difference(consonants: str, one: str, other: str) -> None:
    assert phonetic_key(one.join(consonants)) == phonetic_key(other.join(consonants))
