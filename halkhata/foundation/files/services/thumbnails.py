"""Thumbnails, made when a worker has time."""

from halkhata.foundation.core.jobs import task
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.blobs import blob_path, write_blob
from halkhata.foundation.files.services.images import make_thumbnail


@task
def make_thumbnail_of(file_id: int) -> bool:
    """Make the thumbnail of an image that has none. Returns whether one was made; running it again changes nothing."""
    file = StoredFile.objects.filter(pk=file_id, is_image=True, thumbnail_path="").first()
    if file is None:
        return False
    small = make_thumbnail(blob_path(file.path).read_bytes())
    if small is None:
        StoredFile.objects.filter(pk=file_id).update(is_image=False)
        return False
    path = write_blob(file.sha256, small, suffix=".webp")
    return bool(StoredFile.objects.filter(pk=file_id).update(thumbnail_path=path))
