"""The field for photos of a unit, and keeping what was sent."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.content_types import SAFE_IMAGES, content_type_of
from halkhata.foundation.files.services.storing import MAX_SIZE, store_file

MOST_AT_ONCE = 10


class PhotosInput(forms.FileInput):
    """A file field that takes several at once; a phone offers its camera."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to ten photos, as a list; looked at when they are stored."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Photos"))
        super().__init__(required=False, widget=PhotosInput(attrs={"accept": "image/*"}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The uploaded files."""
        given = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(given) > MOST_AT_ONCE:
            raise forms.ValidationError(_("At most ten photos at once."))
        return given


def store_photos(uploads: Sequence[Any], *, is_demo: bool = False) -> list[StoredFile]:
    """Store photos, or nothing of them. Raises DomainError ``no_picture``, ``files_too_large``, ``file_empty``."""
    if sum(upload.size or 0 for upload in uploads) > MAX_SIZE:
        raise DomainError("files_too_large", _("These photos are too large together: 40 MB at most."), field="photos")
    contents = [(upload.name or "photo", upload.read()) for upload in uploads]
    for _name, data in contents:
        if content_type_of(data) not in SAFE_IMAGES:
            raise DomainError("no_picture", _("Only photos can be added here."), field="photos")
    return [store_file(name=name, data=data, is_demo=is_demo) for name, data in contents]
