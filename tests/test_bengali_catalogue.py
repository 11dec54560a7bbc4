"""The Bengali words: all there, none guessed, written as shop staff write. Terms: docs/reference/glossary.md."""

import ast
import inspect
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import django
import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django import forms
from django.utils import translation
from django.utils.translation import trans_real

from halkhata.foundation.core import django_words

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "bn" / "LC_MESSAGES" / "django.po"

PLACEHOLDER = re.compile(r"%\(\w+\)[srd]|%[srd%]|\{\w*\}")
# Django fills these with English names of classes and columns; our Bengali says it without them.
LEFT_OUT = {"%(model_name)s", "%(field_label)s", "%(field_labels)s"}
# Addresses, names of settings, sample codes and marks of HTML are the same in every language.
ADDRESS = re.compile(
    r"https?://\S*|\S+@\S*|mail\.example\.com|HALKHATA_[A-Z_]+|BCDF-GHJK-MPQR|</?code>"
    # What a programmer types or reads: headers, media types, names of fields, options, packages, versions.
    r"|application/json|multipart/form-data|Idempotency-Key|If-Match|Retry-After|webhook-id|“[a-z]+”|OpenAPI 3\.1|UTF-8"
    r"|List-Unsubscribe(?:-Post)?|DKIM|\bhttps\b"
    # What stands in the pages of Meta and of gateways, where the reader looks for the same word.
    r"|phone number ID|callback URL|verify token|sendsms-user|data\.message_id|data\.balance|\"status\":\"success\""
    r"|\bGET\b|\bSID\b|\bWAR\b"
    r"|--[a-z][a-z-]*|postgresql-client-|ALTER ROLE … CREATEDB|\(issuer\)|\(time based\)|0 থেকে 9|a থেকে f"
)
LATIN_WORD = re.compile(r"[A-Za-z]+")
# Names that are the same in every language.
LATIN_ALLOWED = {
    "API", "CSAT", "CSV", "XLSX", "XLS", "Excel", "IMAP", "PDF", "SMTP", "STARTTLS", "TLS", "Authorization", "Bearer",
    "ASCII", "UUID", "JSON", "INBOX", "Authentication", "Results",
    "Red",  # an example of an English name
    "ETag", "Allow", "MB", "OpenAPI", "OpenID", "Connect", "PostgreSQL",
    "BDT",  # codes of currencies are Latin letters
    "Asia", "Dubai",  # the name of a time zone, as it must be typed
    "strong",  # markup
    "BD", "ZIP", "JPEG", "PNG", "WebP",
    "Meta", "Kannel",
}  # fmt: skip
# Words the glossary replaces, with what stands there instead.
NOT_OUR_WORDS = {
    "সংরক্ষণ": "সেভ",
    "ছাঁকনি": "ফিল্টার",
    "ব্যবস্থাপক": "ম্যানেজার",
    "দলনেতা": "বিভাগ প্রধান",
    "ভূমিকা": "পদ",
    "স্বয়ংক্রিয়": "অটোমেটিক",
    "প্রতিশ্রুতি": "সময়সীমা",
    "অগ্রাধিকার": "গুরুত্ব",
    "বিজ্ঞপ্তি": "নোটিফিকেশন",
    "টিকেট": "টিকিট",
    "সাইন ইন": "লগ ইন",
    "সাইন আউট": "লগ আউট",
    "এখনও": "এখনো",
    "কখনও": "কখনো",
    "ইমেইল": "ই-মেইল",
}
INVISIBLE_OR_LOOSE = re.compile("[\u200b\u200e\u200f\ufeff\u00a0]|  |^ | $")


def messages() -> list[Message]:
    """Every entry of the catalogue, without the header."""
    with CATALOGUE.open("rb") as stream:
        return [message for message in read_po(stream, abort_invalid=True) if message.id]


def forms_of(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def bengali() -> list[tuple[str, str]]:
    """Pairs of English and Bengali; a plural entry gives one pair for each form."""
    pairs = []
    for message in messages():
        english = forms_of(message.id)
        for place, text in enumerate(forms_of(message.string)):
            pairs.append((english[min(place, len(english) - 1)], text))
    return pairs


def test_catalogue_header_is_no_guess_and_has_two_forms() -> None:
    with CATALOGUE.open("rb") as stream:
        catalogue = read_po(stream, abort_invalid=True)
    assert not catalogue.fuzzy
    assert str(catalogue.locale) == "bn"
    assert catalogue.plural_forms == "nplurals=2; plural=(n != 1);"


def test_catalogue_has_every_word_and_no_guess() -> None:
    rows = messages()
    assert len(rows) > 1000
    assert [row.id for row in rows if row.fuzzy] == []
    assert [row.id for row in rows if not all(forms_of(row.string))] == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs Debian's gettext")
def test_catalogue_misses_no_word_of_pages_and_code() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/check_translations.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_placeholders_are_the_same_in_both_languages() -> None:
    different = []
    for message in messages():
        english = forms_of(message.id)
        wanted = sorted(PLACEHOLDER.findall(english[-1]))
        for text in forms_of(message.string):
            given = sorted(PLACEHOLDER.findall(text))
            # The singular may say "one" without its number.
            fewer_allowed = LEFT_OUT if len(english) == 1 else set(wanted)
            if set(given) - set(wanted) or set(wanted) - set(given) - fewer_allowed or len(given) > len(wanted):
                different.append((english[-1], text))
    assert different == []


def test_bengali_has_no_english_words() -> None:
    found = {}
    for _english, text in bengali():
        rest = ADDRESS.sub(" ", PLACEHOLDER.sub(" ", text))
        if words := set(LATIN_WORD.findall(rest)) - LATIN_ALLOWED:
            found[text] = words
    assert found == {}


def test_bengali_is_normalised_and_tidy() -> None:
    texts = [text for _english, text in bengali()]
    assert [text for text in texts if unicodedata.normalize("NFC", text) != text] == []
    assert [text for text in texts if INVISIBLE_OR_LOOSE.search(text)] == []
    # A Devanagari or other neighbour looks like Bengali and is not found by search.
    strange = {
        letter
        for text in texts
        for letter in text
        if letter.isalpha() and not letter.isascii() and "BENGALI" not in unicodedata.name(letter)
    }
    assert strange == set()


def test_bengali_sentences_end_like_the_english_ones() -> None:
    wrong = []
    for english, text in bengali():
        if english.endswith("."):
            fits = text.endswith("।")
        elif english.endswith(("?", ":", "…")):
            fits = text.endswith(english[-1])
        else:
            fits = not text.endswith(("।", ".", "?", ":"))
        if not fits:
            wrong.append((english, text))
    # A title before a name is short for a longer word, in both languages.
    assert [pair for pair in wrong if pair not in [("Mr", "মি."), ("Dr", "ডা."), ("No.", "নং")]] == []


def test_bengali_keeps_to_the_glossary() -> None:
    used = {}
    for _english, text in bengali():
        for word, instead in NOT_OUR_WORDS.items():
            if unicodedata.normalize("NFC", word) in text:
                used[text] = f"{word} -> {instead}"
    assert used == {}


def test_bengali_uses_bengali_digits_in_sentences() -> None:
    """Numbers in our own sentences are written as Bengali readers write them, also in examples (ক-১০০১)."""
    latin = []
    for _english, text in bengali():
        if re.search(r"[0-9]", ADDRESS.sub(" ", PLACEHOLDER.sub(" ", text))):
            latin.append(text)
    assert latin == []


# ------------------------------------------------------------------------------------------------ Django's own words
def own_words() -> list[str]:
    """The texts in the module, plurals too: read from its source, as a lazy plural does not tell its texts."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(django_words))) if isinstance(node, ast.Call)]
    return [
        ast.literal_eval(text)
        for call in calls
        for text in call.args[: 2 if ast.unparse(call.func) == "ngettext_lazy" else 1]
    ]


def test_words_named_for_django_are_django_s_letter_for_letter() -> None:
    known: set[str] = set()
    for folder in ("conf", "contrib/auth"):
        with (Path(django.__file__).parent / folder / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as file:
            for message in read_po(file):
                known.update(forms_of(message.id) if message.id else ())
    words = own_words()
    assert len(words) > 45
    assert [word for word in words if word not in known] == []


@pytest.fixture
def compiled_catalogue(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django reads a freshly compiled copy of the catalogue, as ``make build`` would compile it."""
    folder = tmp_path / "bn" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    copy = shutil.copy(CATALOGUE, folder / "django.po")
    subprocess.run([sys.executable, "scripts/compile_translations.py", str(copy)], cwd=ROOT, check=True)
    settings.LOCALE_PATHS = [tmp_path]
    monkeypatch.setattr(trans_real, "_translations", {})
    monkeypatch.setattr(trans_real, "_default", None)


class Sample(forms.Form):
    name = forms.CharField(max_length=5)
    email = forms.EmailField()
    size = forms.IntegerField(max_value=9)
    colour = forms.ChoiceField(choices=[("red", "red")])


@pytest.mark.usefixtures("compiled_catalogue")
def test_form_errors_of_django_come_in_bengali() -> None:
    with translation.override("bn"):
        empty = Sample({}).errors
        wrong = Sample({"name": "abcdefg", "email": "nobody", "size": "12", "colour": "blue"}).errors
        assert empty["name"] == ["এই ঘরটি পূরণ করুন।"]
        texts = [text for errors in wrong.values() for text in errors]
    assert [set(LATIN_WORD.findall(text)) - {"blue"} for text in texts] == [set()] * 4
    assert len(texts) == 4


@pytest.mark.usefixtures("compiled_catalogue")
def test_plural_sentences_read_well_for_one_and_for_many() -> None:
    with translation.override("bn"):
        one, many = (translation.ngettext("%(shown)s row", "%(shown)s rows", n) % {"shown": n} for n in (1, 3))
    assert (one, many) == ("1টি", "3টি")
