"""Pictures as people outside may see them: drawn anew, so that nothing of the camera's data is left in them."""

from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.blobs import blob_path, write_blob
from halkhata.foundation.files.services.images import make_thumbnail
from halkhata.foundation.files.services.storing import read_file

# Longest side in pixels: small enough for six on a page, large enough to read a bill.
SMALL, LARGE = 160, 1600


def public_picture(file: StoredFile, side: int) -> bytes | None:
    """The picture as WebP of at most ``side`` pixels (SMALL or LARGE); None when it cannot be drawn.

    Made at the first look and kept beside the original under its digest; it can be made again at any time.
    """
    if not file.is_image:
        return None
    suffix = f".{side}.webp"
    kept = blob_path(f"{file.path}{suffix}")
    try:
        return kept.read_bytes()
    except OSError:
        pass
    drawn = make_thumbnail(read_file(file), side)
    if drawn is not None:
        write_blob(file.sha256, drawn, suffix=suffix)
    return drawn
