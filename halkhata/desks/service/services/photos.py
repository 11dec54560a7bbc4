"""Photos of a unit that is looked after: looked at before anything is kept."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.content_types import SAFE_IMAGES, content_type_of
from halkhata.foundation.files.services.storing import MAX_SIZE, store_file


def store_photos(uploads: Sequence[Any], *, is_demo: bool = False) -> list[StoredFile]:
    """Store photos, or nothing of them. Raises DomainError ``no_picture``, ``files_too_large``, ``file_empty``."""
    if sum(upload.size or 0 for upload in uploads) > MAX_SIZE:
        raise DomainError("files_too_large", _("These photos are too large together: 40 MB at most."), field="photos")
    contents = [(upload.name or "photo", upload.read()) for upload in uploads]
    for _name, data in contents:
        if content_type_of(data) not in SAFE_IMAGES:
            raise DomainError("no_picture", _("Only photos can be added here."), field="photos")
    return [store_file(name=name, data=data, is_demo=is_demo) for name, data in contents]
