"""Photos from customers: what is taken, told from the bytes, and what is said about what is not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.files.services.content_types import content_type_of
from halkhata.foundation.files.services.images import is_sound_image
from halkhata.foundation.files.services.storing import shown_name

MOST = 5
MOST_BYTES = 10 * 1024 * 1024
TAKEN = frozenset({"image/jpeg", "image/png", "image/webp"})
# What the file chooser offers. Without HEIC in it, iPhones turn their photos into JPEG by themselves.
ACCEPT = "image/jpeg,image/png,image/webp"
_APPLE = frozenset({"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"})


@dataclass
class Photos:
    """``good``: name and bytes of what can be taken; ``problems``: a sentence for each thing that cannot."""

    good: list[tuple[str, bytes]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_photos(uploads: Sequence[Any], *, kept: int = 0) -> Photos:
    """Read what was chosen. ``kept`` photos wait already: together they are at most MOST."""
    found = Photos()
    for upload in uploads:
        name = shown_name(upload.name or "")
        if kept + len(found.good) >= MOST:
            found.problems.append(_("At most %(most)s photos, please.") % {"most": _number(MOST)})
            break
        if (upload.size or 0) > MOST_BYTES:
            found.problems.append(
                _("“%(name)s” is too large: %(most)s MB at most.")
                % {"name": name, "most": _number(MOST_BYTES // 1024 // 1024)}
            )
            continue
        data = upload.read()
        problem = _problem(name, data)
        if problem:
            found.problems.append(problem)
        else:
            found.good.append((name, data))
    return found


def _problem(name: str, data: bytes) -> str:
    if not data:
        return _("“%(name)s” is empty.") % {"name": name}
    kind = content_type_of(data)
    if kind in _APPLE:
        return _(
            "“%(name)s” is a HEIC picture, which not every device can show. "
            "Take a screenshot of it and choose that, or set the camera to “most compatible”."
        ) % {"name": name}
    if kind not in TAKEN:
        return _("“%(name)s” is no photo. JPEG, PNG and WebP pictures can be sent.") % {"name": name}
    if not is_sound_image(data):
        return _("“%(name)s” is damaged, or far too many pixels. Please take it again.") % {"name": name}
    return ""


def _number(number: int) -> str:
    return show_digits(str(number), digits=current_reader().digits)
