"""Looking at pictures without being blown up by them."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

# A picture of more pixels is a bomb or a scan nobody needs a thumbnail of.
MAX_PIXELS = 50_000_000
THUMBNAIL_SIDE = 320

_BROKEN = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
)


def is_sound_image(data: bytes) -> bool:
    """Whether Pillow can name the picture and its size lies within MAX_PIXELS. Only the header is read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
                if width * height > MAX_PIXELS:
                    return False
                image.verify()
    except _BROKEN:
        return False
    return True


def make_thumbnail(data: bytes, side: int = THUMBNAIL_SIDE) -> bytes | None:
    """A WebP of at most ``side`` pixels, upright, without the camera's data (place, device); None when not drawable."""
    if not is_sound_image(data):
        return None
    try:
        with Image.open(io.BytesIO(data)) as image:
            # JPEG can be decoded small at once.
            image.draft("RGB", (side * 2, side * 2))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((side, side))
            small = upright.convert("RGBA" if upright.mode in {"RGBA", "LA", "P", "PA"} else "RGB")
            out = io.BytesIO()
            small.save(out, "WEBP", quality=78, method=4)
    except _BROKEN:
        return None
    return out.getvalue()
