"""Finding disputes for pages."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.choices import ARGUED, DisputeState, MemberState
from halkhata.desks.disputes.models import Dispute, PanelMember
from halkhata.engines.work.choices import StateFlag
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.capped import CappedCount
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.models import Installation
from halkhata.records.customers.selectors.keyset import Page, page_by_time

VIEWS: dict[str, tuple[str, ...]] = {
    "open": (),
    "argued": tuple(state.value for state in ARGUED),
    "mine": (),
    "remedy": (DisputeState.DECIDED.value, DisputeState.REMEDY.value, DisputeState.SETTLED.value),
    "ended": (DisputeState.CLOSED.value, DisputeState.WITHDRAWN.value),
    "all": (),
}
FIRST_VIEW = "open"


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What the board is narrowed to."""

    view: str = FIRST_VIEW
    ground: str = ""


def dispute_for(user: User, number: str) -> Dispute:
    """The dispute with this number, in any spelling, if ``user`` may see it. Raises NotFound."""
    found = (
        Dispute.objects.visible_to(user)
        .select_related("customer", "branch", "team", "owner__branch", "about", "unit__product__brand", "repeats",
                        "told_by", "hold")
        .filter(number=parse_ref(number) or "")
        .first()
    )  # fmt: skip
    if found is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return found


def board_page(
    user: User, wanted: BoardFilter, *, before: str | None = None, after: str | None = None
) -> Page[Dispute]:
    """One page of disputes by the time they were opened."""
    rows = _narrowed(user, wanted).filter(_in_view(user, wanted.view))
    return page_by_time(rows.select_related("customer", "owner"), field="opened_at", before=before, after=after)


def board_counts(user: User, wanted: BoardFilter) -> dict[str, int]:
    """How many each tab would show, in one query."""
    rows = _narrowed(user, wanted)
    counted = {f"n_{name}": CappedCount.of(rows.filter(_in_view(user, name))) for name in VIEWS}
    found = Installation.objects.filter(pk=1).annotate(**counted).values_list(*counted).first()
    return {name: count or 0 for name, count in zip(VIEWS, found or (0,) * len(VIEWS), strict=True)}


def _in_view(user: User, name: str) -> Q:
    if name == "all":
        return Q()
    if name == "open":
        return ~Q(state_flag=StateFlag.RESOLVED)
    if name == "mine":
        # Not by a join: a panel of three would give the row three times.
        seats = PanelMember.objects.filter(user=user, state=MemberState.SITTING).values("dispute_id")
        return (Q(owner=user) & ~Q(state_flag=StateFlag.RESOLVED)) | Q(pk__in=seats, state=DisputeState.UNDER_REVIEW)
    return Q(state__in=VIEWS[name])


def _narrowed(user: User, wanted: BoardFilter) -> QuerySet[Dispute]:
    rows = Dispute.objects.visible_to(user)
    return rows.filter(ground=wanted.ground) if wanted.ground else rows
