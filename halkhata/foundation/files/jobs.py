"""Background work of the files app."""

from halkhata.foundation.core.jobs import task
from halkhata.foundation.files.services.unused import drop_orphaned_bytes, drop_unused_files


@task()
def drop_unused() -> int:
    """Delete bytes that no row names, then rows that nothing uses. Returns how many of both went."""
    return drop_orphaned_bytes() + drop_unused_files()
