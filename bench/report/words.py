"""What runs are called on the page, and their order."""

from pathlib import Path

ORDER = ("1k", "10k", "100k", "1m")
WORDS = {"1k": "1 thousand", "10k": "10 thousand", "100k": "100 thousand", "1m": "1 million"}
PRODUCTS = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def place_of_run(folder: Path) -> tuple[int, str]:
    """Sorts runs by size, then by database."""
    size = folder.name.split("-")[0]
    return (ORDER.index(size) if size in ORDER else 9, folder.name)


def where_measured(name: str) -> str:
    """A run in words: its number of customers and its database."""
    size, kind = name.split("-", 1)
    return f"{WORDS.get(size, size)}, {PRODUCTS.get(kind, kind)}"
