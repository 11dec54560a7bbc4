"""Keys derived from the install's secret, one per purpose, so that one purpose's tokens fit no other."""

from halkhata.foundation.core import secret_box

_SECRETS = "halkhata.messaging.secrets"


def thread_key() -> bytes:
    """Signs thread tokens in addresses and message ids."""
    return secret_box.derived_key("halkhata.messaging.thread")


def seal(plain: str) -> str:
    """Encrypt a mailbox password for storage (Fernet: AES-128-CBC with HMAC-SHA-256). Empty stays empty."""
    return secret_box.seal(plain, purpose=_SECRETS)


def unseal(sealed: str) -> str:
    """Decrypt what ``seal`` made. Returns "" when the install's secret has changed: it must be typed again."""
    return secret_box.unseal(sealed, purpose=_SECRETS)
