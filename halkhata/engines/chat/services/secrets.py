"""The secrets of accounts: sealed where they are kept, opened where they are used, shown to nobody."""

from halkhata.engines.chat.models import ChatAccount
from halkhata.foundation.core import secret_box

NAMES = ("app_secret", "access_token", "verify_token")
_PURPOSE = "halkhata.chat.accounts"


def seal_into(account: ChatAccount, name: str, plain: str) -> None:
    """Keep a secret in its column, sealed. The caller saves the row."""
    setattr(account, name, secret_box.seal(plain, purpose=_PURPOSE))


def secret_of(account: ChatAccount, name: str) -> str:
    """The secret as it was typed; "" when there is none, or the install's own has changed since."""
    return secret_box.unseal(getattr(account, name), purpose=_PURPOSE)
