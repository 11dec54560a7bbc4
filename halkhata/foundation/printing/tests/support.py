"""Looking at printed pages: their text and their picture."""

import io
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageChops

PICTURES = Path(__file__).parent / "pictures"


def text_of(pdf: bytes) -> str:
    """The text layer of all pages."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "\n")


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


def reference(name: str) -> Any:
    """A picture of the folder."""
    return Image.open(io.BytesIO((PICTURES / name).read_bytes())).convert("L")


def ink_of(picture: Any) -> Any:
    """The picture cut to what is printed on it."""
    box = ImageChops.invert(picture).getbbox()
    return picture.crop(box) if box else picture
