"""Photos and papers that go with a record: looked at before anything is kept."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.content_types import SAFE_IMAGES, content_type_of
from halkhata.foundation.files.services.storing import store_file

MOST, MOST_BYTES = 10, 10 * 1024 * 1024
KINDS = SAFE_IMAGES | {"application/pdf"}


def store_photos(uploads: Sequence[Any], *, is_demo: bool = False) -> list[StoredFile]:
    """Store what was chosen, or nothing of it.

    Raises DomainError at ``photos``: ``too_many_files``, ``file_too_large``, ``not_a_photo`` (told from the bytes).
    """
    if len(uploads) > MOST:
        raise DomainError("too_many_files", _("At most ten photos at once."), field="photos")
    if any((upload.size or 0) > MOST_BYTES for upload in uploads):
        raise DomainError("file_too_large", _("A photo may have at most 10 MB."), field="photos")
    contents = [(upload.name or "photo", upload.read()) for upload in uploads]
    for name, data in contents:
        if content_type_of(data) not in KINDS:
            raise DomainError("not_a_photo", _("“%(name)s” is no photo and no PDF.") % {"name": name}, field="photos")
    return [store_file(name=name, data=data, is_demo=is_demo) for name, data in contents]
