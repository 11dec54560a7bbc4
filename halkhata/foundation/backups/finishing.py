"""The last work on restored data, as a process of its own: ``python -m halkhata.foundation.backups.finishing FACTS``.

Its only database is the staged one (HALKHATA_DATABASE_URL), so nothing in a migration or in an app's step can reach the
living one. Prints one JSON object.
"""

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any


def main(arguments: list[str]) -> int:
    """Migrate, let every app settle its rows, and write down that this is restored data. Returns the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    facts = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    from halkhata.foundation.backups.services.settling import migrate_forward, settle_restored

    applied = migrate_forward()
    effects = settle_restored(
        archive=facts["archive"], sha256=facts["sha256"], taken_at=datetime.fromisoformat(facts["taken_at"]),
        run=facts["run"], size=facts["size"],
    )  # fmt: skip
    _print({"applied": applied, "effects": effects})
    return 0


def _print(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
