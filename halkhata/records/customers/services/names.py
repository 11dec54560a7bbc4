"""Names as they are stored: clean, and each in the field of its script."""

import re

from halkhata.foundation.core.text import clean_text

NAME_LENGTH = 120

_BENGALI = re.compile("[\u0980-\u09ff]")
_LATIN = re.compile("[A-Za-z]")


def place_names(name_bn: str, name_en: str) -> tuple[str, str]:
    """The two names, cleaned; a single name in the other's script moves to its own field.

    Somebody in a hurry types the name into the first field, whatever the keyboard is set to.
    """
    name_bn = clean_text(name_bn, max_length=NAME_LENGTH)
    name_en = clean_text(name_en, max_length=NAME_LENGTH)
    if name_bn and not name_en and _LATIN.search(name_bn) and not _BENGALI.search(name_bn):
        return "", name_bn
    if name_en and not name_bn and _BENGALI.search(name_en) and not _LATIN.search(name_en):
        return name_en, ""
    return name_bn, name_en
