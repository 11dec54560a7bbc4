"""Tryton's configuration, and its pool over the peer's database: what seed, facts and server share."""

import os
from pathlib import Path
from typing import Any

ADDRESS, _, DATABASE = os.environ["PEER_DATABASE_URL"].rpartition("/")
CONFIGURATION = f"[database]\nuri = {ADDRESS}/\n"


def start() -> Any:
    """The pool of the peer's database; reads the configuration first, as ``trytond -c`` does."""
    file = Path(os.environ["PEER_FOLDER"]) / "trytond.conf"
    file.write_text(CONFIGURATION)
    os.environ["TRYTOND_CONFIG"] = str(file)
    os.environ["TRYTOND_DATABASE_NAMES"] = DATABASE
    import trytond.config as config

    config.update_etc(str(file))
    from trytond.pool import Pool

    Pool.start()
    return Pool(DATABASE)
