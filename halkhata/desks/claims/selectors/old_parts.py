"""Old parts that wait to be sent, and the parcels that went."""

from django.db.models import Count, Q, QuerySet

from halkhata.desks.claims.choices import Stage
from halkhata.desks.claims.models import Claim, Dispatch, OldPart
from halkhata.foundation.accounts.models import User


def waiting_parts(user: User) -> QuerySet[OldPart]:
    """Tagged parts that are still here, by company; a part of a claim that was taken back is not sent."""
    seen = Claim.objects.visible_to(user).exclude(stage=Stage.WITHDRAWN)
    return (
        OldPart.objects.filter(dispatch__isnull=True, claim__in=seen.order_by().values("pk"))
        .select_related("claim__brand", "claim__branch")
        .order_by("claim__brand__code", "claim_id", "place")
    )


def dispatches(user: User) -> QuerySet[Dispatch]:
    """Parcels with a part the user may see, the last first, with how many parts of theirs are in it."""
    return Dispatch.objects.visible_to(user).select_related("brand", "branch", "sent_by").annotate(
        count=Count("parts", filter=Q(parts__isnull=False))
    ).order_by("-sent_on", "-pk")  # fmt: skip
