"""Keys derived from the install's secret, one per purpose, so that one purpose's tokens fit no other."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def _derived(purpose: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), purpose.encode(), hashlib.sha256).digest()


def thread_key() -> bytes:
    """Signs thread tokens in addresses and message ids."""
    return _derived("halkhata.messaging.thread")


def seal(plain: str) -> str:
    """Encrypt a mailbox password for storage (Fernet: AES-128-CBC with HMAC-SHA-256). Empty stays empty."""
    if not plain:
        return ""
    return Fernet(base64.urlsafe_b64encode(_derived("halkhata.messaging.secrets"))).encrypt(plain.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt what ``seal`` made. Returns "" when the install's secret has changed: it must be typed again."""
    if not sealed:
        return ""
    try:
        return (
            Fernet(base64.urlsafe_b64encode(_derived("halkhata.messaging.secrets"))).decrypt(sealed.encode()).decode()
        )
    except InvalidToken:
        return ""
