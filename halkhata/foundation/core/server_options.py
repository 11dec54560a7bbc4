"""What of the settings of a PostgreSQL connection concerns the server, for connections made without Django."""

from typing import Any

# These concern how Django uses a connection; libpq refuses options it does not know.
_DJANGO = {"pool", "server_side_binding", "prepare_threshold"}


def server_options(database: dict[str, Any]) -> dict[str, Any]:
    """The OPTIONS of one of ``settings.DATABASES`` that libpq understands."""
    return {key: value for key, value in database["OPTIONS"].items() if key not in _DJANGO}
