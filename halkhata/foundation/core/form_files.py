"""Form fields for several files at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class FilesInput(forms.FileInput):
    """A file field that takes several at once; a phone offers its camera when pictures are named."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files as a list; what is in them is looked at when they are stored. For more than ``most``: ``too_many``."""

    def __init__(self, *, accept: str, most: int | None = None, too_many: Any = "", **kwargs: Any) -> None:
        self.most, self.too_many = most, too_many
        super().__init__(**{"required": False, "widget": FilesInput(attrs={"accept": accept}), **kwargs})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The uploaded files. One without a byte in it is among them: whoever stores them says so."""
        given = [one for one in (data if isinstance(data, list | tuple) else [data]) if one is not None and one != ""]
        if self.most is not None and len(given) > self.most:
            raise forms.ValidationError(self.too_many)
        return given


class PhotosField(FilesField):
    """Up to ten photos, of which a PDF may be one."""

    def __init__(self, *, accept: str = "image/*,application/pdf", **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Photos"))
        super().__init__(accept=accept, most=10, too_many=_("At most ten photos at once."), **kwargs)
