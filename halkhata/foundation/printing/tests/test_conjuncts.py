"""Bengali letters that join are shaped right on paper: in the text layer, and against another shaper's picture."""

import os
from functools import lru_cache
from pathlib import Path

import fontpkg_hind_siliguri
import pytest
from PIL import Image, ImageDraw, ImageFont

from halkhata.foundation.core.text import clean_text
from halkhata.foundation.printing.pdf import render_pdf
from halkhata.foundation.printing.tests.support import ink_of, once, pages_of, pictures_of

HERE = Path(__file__).parent
ROOT = Path(__file__).parents[4]
OWN = ROOT / "tests" / "tables" / "print_conjuncts.txt"
REFERENCE = Path(os.environ.get("HALKHATA_REFERENCE_DIR") or ROOT / "tests" / "reference")
FONT = Path(fontpkg_hind_siliguri.ROOT) / "files" / "HindSiliguri-Regular.ttf"
SHOP = {"name": "x", "address": "", "phone": "", "email": ""}
SCALE = 2.0
POINTS = 24
# Two shapers' pictures of a word are nearer than this; without shaping every conjunct is farther.
ALIKE = 0.2


def words_in(path: Path) -> list[str]:
    return [clean_text(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def printed(words: list[str]) -> bytes:
    return render_pdf(HERE / "words.typ", {"words": words, "shop": SHOP, "lang": "bn"})


@lru_cache(maxsize=4)
def font(engine: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), round(POINTS * SCALE), layout_engine=ImageFont.Layout(engine))


def drawn(word: str, *, shaped: bool = True) -> Image.Image:
    """The word by HarfBuzz (as browsers shape it), or letter after letter without any shaping."""
    picture = Image.new("L", (600, 140), 255)
    chosen = font(ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC)
    ImageDraw.Draw(picture).text((20, 30), word, font=chosen, fill=0, **({"language": "bn"} if shaped else {}))
    return ink_of(picture)


def distance(one: Image.Image, other: Image.Image) -> float:
    """How far two pictures of a word are apart: their widths and heights, and where the ink lies."""
    size = (one.width + other.width) / 2, (one.height + other.height) / 2
    shape = abs(one.width - other.width) / size[0] + abs(one.height - other.height) / size[1]
    grid = (24, 12)
    first, second = (each.resize(grid, Image.Resampling.BOX).tobytes() for each in (one, other))
    return shape + sum(abs(a - b) for a, b in zip(first, second, strict=True)) / (255 * len(first))


def check(words: list[str]) -> None:
    pdf = printed(words)
    pages = [once("".join(clean_text(page).split())) for page in pages_of(pdf)]
    assert pages == [once(word) for word in words]
    wrong = {
        word: round(distance(ink_of(picture), drawn(word)), 3)
        for word, picture in zip(words, pictures_of(pdf, scale=SCALE), strict=True)
        if distance(ink_of(picture), drawn(word)) > ALIKE
    }
    assert wrong == {}


def test_own_table_is_shaped_as_another_shaper_does():
    words = words_in(OWN)
    assert len(words) == 30
    check(words)


@pytest.mark.reference
def test_reference_table_is_shaped_as_another_shaper_does():
    words = words_in(REFERENCE / "conjuncts.txt")
    assert len(words) >= 200
    check(words)


def test_twin_letters_that_are_not_shaped_are_seen():
    words = words_in(OWN)
    apart = [
        distance(ink_of(picture), drawn(word, shaped=False))
        for word, picture in zip(words, pictures_of(printed(words), scale=SCALE), strict=True)
    ]
    assert min(apart) > ALIKE
