"""Codes that nobody has yet, made of a name."""

from collections.abc import Container
from typing import Any


def first_free(stem: str, taken: Container[str], *, mark: str = "-") -> str:
    """``stem``, or with the first number from 2 on that is not taken: "counter", "counter-2"."""
    code, number = stem, 2
    while code in taken:
        code, number = f"{stem}{mark}{number}", number + 1
    return code


def free_code(model: Any, stem: str) -> str:
    """A code that no row of the table has, ``stem`` itself if that is free. One query."""
    return first_free(stem, set(model.objects.filter(code__startswith=stem).values_list("code", flat=True)))
