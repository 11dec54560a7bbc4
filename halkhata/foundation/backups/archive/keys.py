"""The keys of archives: 32 random bytes that fit on a slip of paper, or a passphrase.

Everything else is derived with HKDF-SHA256 (RFC 5869), a passphrase with scrypt (RFC 7914).
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

KEY_BYTES = 32
# OWASP's figures for scrypt: 128 MB and about half a second for each guess.
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**17, 8, 1
# What a header may ask of us: more would let a forged file eat the machine before its seal can be checked.
MAX_SCRYPT_N = 2**18


@dataclass(frozen=True)
class Secret:
    """What opens archives: a key, a passphrase, or both (each archive says which of them it needs)."""

    key: bytes | None = field(default=None, repr=False)
    passphrase: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.key or self.passphrase)


@dataclass(frozen=True)
class ArchiveKeys:
    """The two keys of one archive: one seals its header, the other encrypts its body."""

    header: bytes = field(repr=False)
    body_root: bytes = field(repr=False)
    salt: bytes = field(repr=False)

    def body(self, header: bytes) -> bytes:
        """The key of the body. It depends on every byte of the header, so no other header fits this body."""
        return _derive(self.body_root, self.salt, b"halkhata backup body " + hashlib.sha256(header).digest())


def new_key() -> bytes:
    """A fresh random key."""
    return secrets.token_bytes(KEY_BYTES)


def write_key(key: bytes) -> str:
    """The key as people copy it: eight groups of eight hexadecimal digits."""
    digits = key.hex()
    return "-".join(digits[start : start + 8] for start in range(0, len(digits), 8))


def read_key(text: str) -> bytes:
    """The key from what ``write_key`` wrote; blanks, dashes and capitals do not matter. Raises ValueError."""
    digits = re.sub(r"[\s-]", "", text)
    key = bytes.fromhex(digits) if re.fullmatch(r"[0-9A-Fa-f]+", digits) else b""
    if len(key) != KEY_BYTES:
        raise ValueError("a backup key has 64 hexadecimal digits")
    return key


def key_mark(key: bytes) -> str:
    """Eight digits that tell keys apart and give nothing away: written openly into archives."""
    return hmac.new(key, b"halkhata backup key mark", hashlib.sha256).hexdigest()[:8]


def keys_from_key(key: bytes, salt: bytes) -> ArchiveKeys:
    """The keys of the archive with this salt."""
    return _spread(key, salt)


def keys_from_passphrase(passphrase: str, salt: bytes, *, n: int) -> ArchiveKeys:
    """The same from a passphrase. Raises ValueError when ``n`` is beyond what we are willing to compute."""
    if not 2 <= n <= MAX_SCRYPT_N or n & (n - 1):
        raise ValueError("the archive asks for an unreasonable amount of work")
    root = Scrypt(salt=salt, length=KEY_BYTES, n=n, r=SCRYPT_R, p=SCRYPT_P).derive(passphrase.encode())
    return _spread(root, salt)


def _spread(root: bytes, salt: bytes) -> ArchiveKeys:
    return ArchiveKeys(
        _derive(root, salt, b"halkhata backup header"), _derive(root, salt, b"halkhata backup root"), salt
    )


def _derive(root: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=purpose).derive(root)
