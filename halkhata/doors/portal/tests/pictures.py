"""Pictures made for tests: with the place they were taken at, and in formats that are not taken."""

import io

from PIL import Image

PLACE = b"GPS-SECRET-PLACE"


def jpeg(width=40, height=30, colour=(200, 30, 30)):
    """A JPEG with camera's data: device, and a GPS block with latitude, longitude and a mark to look for."""
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825).update({1: "N", 2: (23.0, 48.0, 30.0), 3: "E", 4: (90.0, 24.0, 10.0), 27: PLACE})
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG", exif=exif)
    data = out.getvalue()
    assert PLACE in data
    return data


def png(colour=128):
    """A PNG of a few points."""
    out = io.BytesIO()
    Image.new("L", (8, 8), colour).save(out, "PNG")
    return out.getvalue()


def webp():
    """A WebP of a few points."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (1, 2, 3)).save(out, "WEBP")
    return out.getvalue()


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00"
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
EXE = b"MZ\x90\x00" + b"\x00" * 200
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"
