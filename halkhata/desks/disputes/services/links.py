"""The customer's address of a dispute: signed, names nobody; a code to the phone opens it."""

from django.conf import settings
from django.core import signing
from django.urls import NoReverseMatch, reverse

from halkhata.desks.disputes.models import Dispute

# Without a time: one dispute has one address, for as long as it is there.
_SIGNER = signing.Signer(salt="halkhata.disputes.page")


def dispute_token(dispute: Dispute) -> str:
    """What stands in the address."""
    return _SIGNER.sign(str(dispute.pk))


def read_dispute_token(token: str) -> Dispute | None:
    """The dispute of an address; None for one that is not ours."""
    try:
        pk = int(_SIGNER.unsign(token[:200]))
    except (signing.BadSignature, ValueError):
        return None
    return (
        Dispute.objects.select_related("customer__merged_into", "branch", "owner", "unit__product", "about")
        .filter(pk=pk)
        .first()
    )


def dispute_url(dispute: Dispute) -> str:
    """The whole address; "" while no page is mounted."""
    try:
        return f"{settings.BASE_URL.rstrip('/')}{reverse('portal:dispute', args=[dispute_token(dispute)])}"
    except NoReverseMatch:
        return ""
