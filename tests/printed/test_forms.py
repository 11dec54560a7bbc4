"""Each printed form looks as its reference picture: no block moved, no letter that joins is broken (bangladesh.md B5).

After a wanted change: ``HALKHATA_TEST_WRITE_PICTURES=1``, then look at every picture before it is kept.
"""

import io
import os
import re
from pathlib import Path

import pytest
from PIL import Image

from halkhata.foundation.printing.tests.support import missing, pictures_of, worst_tile
from tests.printed.forms import FORMS, LANGUAGES

pytestmark = pytest.mark.one_database

PICTURES = Path(__file__).parents[1] / "reference" / "forms"
# How much of the worst piece of a page may look different: edges of letters do, a broken or moved one is far above.
LIMIT = 0.04
_USED = re.compile(r'\bd\.([a-z_]+)|has\("([a-z_]+)"\)')
# Of the page itself, and of typst.
_NOT_TEXTS = {"shop", "lang", "size", "at"}


def reference(name):
    return Image.open(io.BytesIO((PICTURES / name).read_bytes())).convert("L")


def differences(name, language, **more):
    """The worst tile of each page of the form, against its pictures."""
    pages = pictures_of(FORMS[name].pdf(language, **more))
    return [worst_tile(page, reference(f"{name}-{language}-{n}.png")) for n, page in enumerate(pages, 1)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FORMS)
def test_form_looks_as_its_reference_picture(name, language):
    if os.environ.get("HALKHATA_TEST_WRITE_PICTURES"):
        for number, page in enumerate(pictures_of(FORMS[name].pdf(language)), 1):
            page.quantize(8).save(PICTURES / f"{name}-{language}-{number}.png", optimize=True)
    found = differences(name, language)
    assert len(found) == len(list(PICTURES.glob(f"{name}-{language}-*.png")))
    assert max(found) <= LIMIT


@pytest.mark.parametrize("name", FORMS)
def test_picture_shows_every_block_that_the_template_has(name):
    form = FORMS[name]
    used = {first or second for first, second in _USED.findall(form.template.read_text(encoding="utf-8"))} - _NOT_TEXTS
    for language in LANGUAGES:
        texts = form.texts[language]
        # The one text that is only there when nothing else is.
        empty = {key for key in used if texts.get(key) in (None, "", [])} - {"none"}
        assert (empty, set(texts) - used - {"footer"}) == (set(), set()), language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FORMS)
def test_text_layer_says_every_word(name, language):
    form = FORMS[name]
    words = [cell for pair in form.texts[language]["fields"] for cell in pair]
    assert missing(form.pdf(language), [form.texts[language]["title"], *words]) == []


@pytest.mark.parametrize("name", FORMS)
def test_twin_conjunct_that_is_not_joined_is_seen(name):
    """The same letters with a joiner that keeps them apart: ক্র becomes ক্‌র, nothing else."""
    fields = [list(pair) for pair in FORMS[name].texts["bn"]["fields"]]
    place = next(n for n, pair in enumerate(fields) if "্" in pair[1])
    fields[place] = [cell.replace("্", "্\u200c") for cell in fields[place]]
    assert max(differences(name, "bn", fields=fields)) > LIMIT


@pytest.mark.parametrize("name", FORMS)
def test_twin_moved_block_is_seen(name):
    """One field less: what stands below goes up by a line, or to the other column."""
    fields = FORMS[name].texts["en"]["fields"][1:]
    assert max(differences(name, "en", fields=fields)) > LIMIT


def test_twin_page_moved_by_two_points_is_seen():
    (page,) = pictures_of(FORMS["gate-pass"].pdf("bn"))
    moved = Image.new("L", page.size, 255)
    moved.paste(page, (0, 2))
    assert worst_tile(moved, reference("gate-pass-bn-1.png")) > LIMIT
