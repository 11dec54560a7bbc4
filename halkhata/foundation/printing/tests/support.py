"""Looking at printed pages: their text and their picture."""

import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageChops

_TWICE = re.compile(r"(.{2,}?)\1+", re.DOTALL)
PICTURES = Path(__file__).parent / "pictures"


def text_of(pdf: bytes) -> str:
    """The text layer of all pages."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "\n")


def pages_of(pdf: bytes) -> list[str]:
    """The text layer of each page by itself."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def once(text: str) -> str:
    """The text with every piece that repeats itself at once said once.

    typst writes a cluster whose marks stand higher or lower in two runs, each with the whole cluster as its text
    ("বন্ধুন্ধু"). The page looks right; copied text repeats itself. Compare ``once`` of both sides.
    """
    return _TWICE.sub(r"\1", text)


def missing(pdf: bytes, words: Iterable[str]) -> list[str]:
    """Those of ``words`` that the text layer does not say."""
    text = once("".join(text_of(pdf).split()))
    return [word for word in words if once("".join(word.split())) not in text]


def pictures_of(pdf: bytes, *, scale: float = 1.0) -> list[Any]:
    """Each page as a grey picture."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=scale).to_pil().convert("L") for page in document]


def differs_by(picture: Any, reference: Any) -> float:
    """The share of pixels that differ clearly; 1.0 for pictures of different size."""
    if picture.size != reference.size:
        return 1.0
    gap = ImageChops.difference(picture, reference).point(lambda value: 255 if value > 96 else 0)
    return gap.histogram()[255] / (picture.size[0] * picture.size[1])


def worst_tile(picture: Any, reference: Any, *, side: int = 24) -> float:
    """The share of clearly different pixels in the tile of ``side`` pixels where they differ most; 1.0 for pictures of
    different size. A whole page hides one broken letter; the tile it stands in does not.
    """
    if picture.size != reference.size:
        return 1.0
    gap = ImageChops.difference(picture, reference).point(lambda value: 255 if value > 96 else 0)
    # Tiles begin at a half of each other, so that nothing hides by standing on an edge.
    tiles = (
        gap.crop((x, y, x + side, y + side)).histogram()[255]
        for x in range(0, max(picture.width - side // 2, 1), side // 2)
        for y in range(0, max(picture.height - side // 2, 1), side // 2)
    )
    return max(tiles) / (side * side)


def reference(name: str) -> Any:
    """A picture of the folder."""
    return Image.open(io.BytesIO((PICTURES / name).read_bytes())).convert("L")


def ink_of(picture: Any) -> Any:
    """The picture cut to what is printed on it."""
    box = ImageChops.invert(picture).getbbox()
    return picture.crop(box) if box else picture
