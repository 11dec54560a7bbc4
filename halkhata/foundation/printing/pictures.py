"""Pictures for printed pages: QR codes and photos, as SVG texts that travel with the data."""

import base64
import io

import segno
from PIL import Image, ImageOps, UnidentifiedImageError

# Sharp on a quarter of an A4 page, and small enough for twelve photos in one file.
PHOTO_SIDE = 1100
PHOTO_QUALITY = 80


def qr_svg(text: str) -> str:
    """The QR code of ``text`` (an address) as SVG, with error correction for a creased paper."""
    held = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        held, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None
    )
    return held.getvalue().decode()


def photo_svg(content: bytes) -> str:
    """A photo, turned upright and made smaller, as SVG. Raises ValueError for bytes that are no picture."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise ValueError("these bytes are no picture") from error
    upright.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    held = io.BytesIO()
    # Without the camera's own notes: where a photo was taken is nobody's business on paper.
    upright.save(held, "JPEG", quality=PHOTO_QUALITY, exif=b"")
    width, height = upright.size
    inside = base64.b64encode(held.getvalue()).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/jpeg;base64,{inside}"/></svg>'
    )
