"""Taking the files out of a form, so that none has to be chosen twice."""

from halkhata.desks.tickets.services.attaching import (
    MOST_BYTES,
    MOST_FILES,
    store_uploads,
    token_for,
    too_large,
    too_many,
    waiting_files,
)
from halkhata.desks.tickets.upload_fields import TakesFiles
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.files.models import StoredFile


def take_files(request: StaffRequest, form: TakesFiles) -> list[StoredFile]:
    """The files that go with a sent form: those that waited since an earlier try, and those chosen now.

    Chosen ones are stored at once, whatever else is wrong with the form: a photo taken with the phone's camera is in no
    folder from which it could be chosen again. What is wrong with them stands at the field ``attachments`` afterwards.
    """
    files = waiting_files(form.waiting_tokens(), request.user)
    if "attachments" not in form.errors:
        uploads = form.cleaned_data.get("attachments") or []
        try:
            if len(files) + len(uploads) > MOST_FILES:
                raise DomainError("too_many_files", too_many(), field="files")
            if sum(file.size for file in files) + sum(upload.size or 0 for upload in uploads) > MOST_BYTES:
                raise DomainError("files_too_large", too_large(MOST_BYTES), field="files")
            files += store_uploads(uploads)
        except DomainError as error:
            form.add_error("attachments", str(error.message))
    form.waiting = [(token_for(file, request.user), file) for file in files]
    return files
