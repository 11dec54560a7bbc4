"""Encrypting what must be read again (passwords of mail servers, secrets of second factors), one key per purpose.

Fernet is AES-128-CBC with HMAC-SHA-256. Every purpose has a key of its own, derived from the install's secret, so that
what was sealed for one purpose cannot be opened for another.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def derived_key(purpose: str) -> bytes:
    """32 bytes that belong to ``purpose`` and to this install."""
    return hmac.new(settings.SECRET_KEY.encode(), purpose.encode(), hashlib.sha256).digest()


def seal(plain: str, *, purpose: str) -> str:
    """Encrypt for storage. Empty stays empty."""
    return _box(purpose).encrypt(plain.encode()).decode() if plain else ""


def unseal(sealed: str, *, purpose: str) -> str:
    """Decrypt what ``seal`` made for the same purpose. "" when the install's secret has changed, or it is not ours."""
    if not sealed:
        return ""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def keyed_hash(text: str, *, purpose: str) -> str:
    """HMAC-SHA-256 in hex: for short secrets that only need to be recognised (codes, tokens of links)."""
    return hmac.new(derived_key(purpose), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _box(purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key(purpose)))
