"""The address on which a customer follows a return without a password: a signed number that cannot be guessed."""

from django.conf import settings
from django.core import signing

from halkhata.desks.returns.models import ReturnRequest

_SALT = "halkhata.returns.follow"
# Longer than any return takes; then the number and the phone open it (the request page).
LIVES = 400 * 24 * 60 * 60


def tracking_token(request: ReturnRequest) -> str:
    """What stands in the address of the customer's page of this return."""
    return signing.dumps(request.pk, salt=_SALT)


def tracking_url(request: ReturnRequest) -> str:
    """The whole address, as a message or a QR code carries it."""
    return f"{settings.BASE_URL.rstrip('/')}/c/returns/{tracking_token(request)}/"


def return_behind(token: str) -> ReturnRequest | None:
    """The return a token leads to, or None for a token that is not ours or too old."""
    try:
        pk = signing.loads(token, salt=_SALT, max_age=LIVES)
    except signing.BadSignature:
        return None
    return (
        ReturnRequest.objects.select_related("customer", "branch", "product", "unit", "policy", "advance")
        .filter(pk=pk)
        .first()
        if isinstance(pk, int)
        else None
    )
