"""How a file is answered."""

from datetime import datetime
from typing import Any

from ninja import Schema

from halkhata.foundation.files.models import StoredFile


class FileOut(Schema):
    """A file. `content` is the address of its bytes; `sha256` is theirs, in hex."""

    id: int
    name: str
    content_type: str
    size: int
    sha256: str
    created_at: datetime
    content: str


def file_out(file: StoredFile) -> dict[str, Any]:
    """The file as it is answered."""
    return {
        "id": file.pk,
        "name": file.original_name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "created_at": file.created_at,
        "content": f"/api/v1/files/{file.pk}/content",
    }
