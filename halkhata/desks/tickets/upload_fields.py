"""The field for files that go along with a message."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.services.attaching import MOST_FILES, too_many
from halkhata.foundation.core.form_files import FilesField as AnyFilesField
from halkhata.foundation.files.models import StoredFile

# A phone offers its camera when pictures are named; the rest is what a shop sends: bills, letters, recordings.
ACCEPTED = "image/*,application/pdf,audio/*,video/*,.doc,.docx,.xls,.xlsx,.odt,.ods,.csv,.txt,.zip"


class FilesField(AnyFilesField):
    """Up to MOST_FILES files, as a list; checked for size and kind when they are stored."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Photos and files"))
        super().__init__(accept=ACCEPTED, most=MOST_FILES, too_many=lazy(too_many, str)(), **kwargs)


class TakesFiles(forms.Form):
    """A form with files. ``waiting``: those stored by an earlier try, with the token that stands for each."""

    attachments = FilesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting: list[tuple[str, StoredFile]] = []

    def waiting_tokens(self) -> list[str]:
        """What the page sent back for files that are stored already; those unticked are not among them."""
        getlist = getattr(self.data, "getlist", None)
        return list(getlist("waiting_file")) if getlist is not None else []
