"""Ready kinds of products, one file for each trade; the dealer changes and adds kinds on the settings page."""

import json
from functools import lru_cache
from importlib import resources
from typing import Any

# Every trade has these two besides its own.
COMMON = "other"


@lru_cache(maxsize=1)
def all_packs() -> dict[str, list[dict[str, Any]]]:
    """Trade -> its kinds, as the files say; under COMMON those of every trade."""
    packs = {}
    for file in sorted(resources.files(__package__).iterdir(), key=lambda one: one.name):
        if file.name.endswith(".json"):
            pack = json.loads(file.read_text(encoding="utf-8"))
            packs[pack["trade"] or COMMON] = [{**kind, "trade": pack["trade"]} for kind in pack["kinds"]]
    return packs


def kinds_of_trade(trade: str) -> list[dict[str, Any]]:
    """The kinds a shop of this trade starts with."""
    packs = all_packs()
    return [*(packs.get(trade, []) if trade != COMMON else []), *packs[COMMON]]
