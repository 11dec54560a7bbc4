"""The code that proves whoever sets the shop up can read the machine it runs on.

Without it a set-up page that others can reach would make its first visitor the owner. The code lies in the data folder,
readable for the service's own user only, until somebody has set the shop up.
"""

import contextlib
import hmac
import os
import secrets
from pathlib import Path

from django.conf import settings

from halkhata.foundation.core.text import clean_text, fold_digits

FILE_NAME = "setup-code"
# No vowels, so that no word comes out, and nothing that looks like something else: 25 signs, 12 of them are 55 bits.
_SIGNS = "BCDFGHJKMPQRTVWXY2346789Z"
_LENGTH = 12


def code_file() -> Path:
    """Where the code lies while the shop is not set up."""
    return Path(settings.DATA_DIR) / FILE_NAME


def setup_code() -> str:
    """The code, such as ``BCDF-GHJK-MPQR``; made when there is none yet. Of two processes at once one makes it."""
    file = code_file()
    with contextlib.suppress(FileNotFoundError):
        if known := file.read_text().strip():
            return known
    raw = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    # Written aside and linked: whoever reads it reads it whole.
    fresh = file.with_name(f".{FILE_NAME}-{os.getpid()}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write("-".join(raw[start : start + 4] for start in range(0, _LENGTH, 4)) + "\n")
    try:
        with contextlib.suppress(FileExistsError):
            os.link(fresh, file)
        return file.read_text().strip()
    finally:
        fresh.unlink()


def is_right_code(typed: str) -> bool:
    """Whether ``typed`` is the code, in small or capital letters, with or without hyphens, digits of either script."""
    return hmac.compare_digest(_bare(typed).encode(), _bare(setup_code()).encode())


def forget_code() -> None:
    """Remove the code: the shop is set up."""
    code_file().unlink(missing_ok=True)


def _bare(text: str) -> str:
    return "".join(sign for sign in fold_digits(clean_text(text, max_length=60)).upper() if sign.isalnum())
