"""Who may sign in to the demo. The password is random and stands, besides hashed, in one file that only we may read."""

import json
import os
from pathlib import Path

from django.conf import settings

from halkhata.foundation.accounts.models import User

FILE = "demo_sign_ins.txt"


def sign_in_file() -> Path:
    """Where the sign-ins are written."""
    return Path(settings.DATA_DIR) / FILE


def write_sign_ins(users: list[User], password: str) -> list[dict[str, str]]:
    """Write the file (mode 0600) so that a second start can print them again. Returns what it holds."""
    entries = [{"username": user.username, "password": password, "role": user.role.name_en} for user in users]
    partial = sign_in_file().with_suffix(f".{os.getpid()}.part")
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    partial.replace(sign_in_file())
    return entries


def demo_sign_ins() -> list[dict[str, str]]:
    """User name, password and role of each invented person who may still sign in; empty without the file."""
    try:
        lines = sign_in_file().read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    entries = [json.loads(line) for line in lines if line]
    there = set(User.objects.filter(is_demo=True, is_active=True).values_list("username", flat=True))
    return [entry for entry in entries if entry["username"] in there]


def forget_sign_ins() -> None:
    """Remove the file."""
    sign_in_file().unlink(missing_ok=True)
