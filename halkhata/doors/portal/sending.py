"""A form with photos, sent: mended photos are kept, and the form is good for one sending."""

from dataclasses import dataclass, field

from django.http import HttpRequest

from halkhata.doors.portal.photos import Photos, read_photos
from halkhata.doors.portal.secrets_of import address_hash
from halkhata.doors.portal.services.drafts import keep_photos, take_back, waiting_files
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.storing import store_file


@dataclass
class SentPhotos:
    """What came with a form: ``kept`` wait from an earlier try, ``new`` were chosen now."""

    key: str
    address: str
    kept: list[StoredFile] = field(default_factory=list)
    new: Photos = field(default_factory=Photos)
    lost: bool = False

    def keep(self) -> None:
        """The form is shown again: its good photos wait, and are listed."""
        self.lost = not keep_photos(self.key, self.address, self.new.good)
        self.new = Photos(problems=self.new.problems)
        self.kept = waiting_files(self.key)

    def files(self) -> list[StoredFile]:
        """All of them as files, for the message; in the caller's transaction."""
        return [*self.kept, *(store_file(name=name, data=data) for name, data in self.new.good)]


def photos_of(request: HttpRequest, key: str) -> SentPhotos:
    """Read the photos of the form with this id, and let go of those that the customer took back."""
    take_back(key, request.POST.getlist("remove")[:20])
    kept = waiting_files(key)
    return SentPhotos(
        key=key,
        address=address_hash(request),
        kept=kept,
        new=read_photos(request.FILES.getlist("photos"), kept=len(kept)),
    )
