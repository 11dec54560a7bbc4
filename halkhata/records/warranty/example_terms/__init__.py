"""Terms a new shop starts with, for the kinds of its trade: examples, to be checked against the company's own book.

One file, ``terms.json``: by code of the product kind. Nobody should rely on them before the shop has looked at them,
and the settings page says so until somebody publishes a version of their own.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def example_terms() -> dict[str, dict[str, Any]]:
    """The examples by code of the kind."""
    return dict(json.loads((FOLDER / "terms.json").read_text(encoding="utf-8"))["kinds"])
