"""Signatures as the Standard Webhooks specification has them: HMAC-SHA256 over ``id.timestamp.body``."""

import base64
import hashlib
import hmac
import secrets

from halkhata.foundation.core import secret_box

PREFIX = "whsec_"
_PURPOSE = "halkhata.webhooks.secrets"


def new_secret() -> str:
    """A fresh secret: ``whsec_`` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, *, webhook_id: str, timestamp: int, body: bytes) -> str:
    """One entry of the header ``webhook-signature``: ``v1,`` and the digest in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def seal(secret: str) -> str:
    """Encrypted for storage."""
    return secret_box.seal(secret, purpose=_PURPOSE)


def unseal(sealed: str) -> str:
    """What ``seal`` was given; "" when the install's own secret has changed since."""
    return secret_box.unseal(sealed, purpose=_PURPOSE)
