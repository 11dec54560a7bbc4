"""The rule of neutrality: who is too near a case to judge it, and why (A60.4, ISO 10003 §4.9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.models import Dispute, Interest, PanelMember
from halkhata.desks.disputes.policies import REVIEW, VIEW
from halkhata.desks.disputes.registry import involvement_sources
from halkhata.desks.disputes.selectors.linked import branch_ids, linked_ids
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.records.privacy.selectors.family import family_of

BRANCH_MANAGER = 3

# No reason in the world lets these sit; the others may be overridden where the law of the house allows.
NEVER = frozenset({"no_right", "inactive", "sat_before"})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody may not sit: a stable code, and a sentence."""

    code: str
    words: Any

    @property
    def is_final(self) -> bool:
        """No override."""
        return self.code in NEVER


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a case, read once for all candidates."""

    handled: dict[int, Any]
    leads: frozenset[int]
    handler_paths: tuple[str, ...]
    branches: frozenset[int]
    dealers: frozenset[str]
    declared: dict[int, str]
    sat: frozenset[int]


def facts_of(dispute: Dispute) -> Facts:
    """Who handled it, who leads them, where it happened, who declared an interest, who sat already."""
    items = linked_ids(dispute)
    handled: dict[int, Any] = {}
    for source in involvement_sources:
        for pk, what in source(dispute, items).items():
            handled.setdefault(pk, what)
    teams = set(WorkItem.objects.filter(pk__in=items).exclude(team=None).values_list("team_id", flat=True))
    teams |= set(User.teams.through.objects.filter(user_id__in=handled).values_list("team_id", flat=True))
    leads = Team.objects.filter(pk__in=teams).exclude(lead=None).values_list("lead_id", flat=True)
    paths = User.objects.filter(pk__in=handled).values_list("branch__path", flat=True)
    branches = branch_ids(dispute, items)
    near = list(Branch.objects.filter(pk__in=branches).values_list("path", flat=True))
    # What was declared about a customer holds for whoever that customer was merged with.
    family = family_of(dispute.customer_id) if dispute.customer_id is not None else []
    interests = Interest.objects.filter(Q(dispute=dispute) | Q(customer__in=family))
    return Facts(
        handled=handled,
        leads=frozenset(pk for pk in leads if pk is not None),
        # Whoever leads the branch where it happened answers for it, too.
        handler_paths=tuple({*paths, *near}),
        branches=frozenset(branches),
        dealers=frozenset(dealer for dealer in map(_dealer, near) if dealer),
        declared=dict(interests.values_list("user_id", "what")),
        sat=frozenset(PanelMember.objects.filter(dispute=dispute).values_list("user_id", flat=True)),
    )


def reasons_against(user: User, facts: Facts) -> list[Reason]:
    """Why ``user`` may not judge; empty for somebody neutral. No query when role and branch are read already."""
    against: list[Reason] = []
    if not user.is_active:
        against.append(Reason("inactive", _("may no longer sign in")))
    elif not (user.may(REVIEW) and user.may(VIEW)):
        against.append(Reason("no_right", _("has no right to decide disputes")))
    if user.pk in facts.sat:
        against.append(Reason("sat_before", _("sat on a panel of this dispute already")))
    if user.pk in facts.handled:
        against.append(Reason("handled", facts.handled[user.pk]))
    if user.pk in facts.leads:
        against.append(Reason("leads", _("leads the team of somebody who handled it")))
    if user.role.level == BRANCH_MANAGER and any(path.startswith(user.branch.path) for path in facts.handler_paths):
        against.append(Reason("manages", _("manages the branch of somebody who handled it")))
    if user.branch_id in facts.branches:
        against.append(Reason("same_branch", _("belongs to the branch that sold or served it")))
    elif _dealer(user.branch.path) in facts.dealers:
        against.append(Reason("same_dealer", _("belongs to the same dealer")))
    if user.pk in facts.declared:
        against.append(Reason("declared", _("declared an interest: %(what)s") % {"what": facts.declared[user.pk]}))
    return against


def candidates(dispute: Dispute) -> list[tuple[User, list[Reason]]]:
    """Everybody who may decide disputes at all, with what stands against each; the neutral ones first."""
    facts = facts_of(dispute)
    people = User.objects.filter(is_active=True).select_related("role", "branch").order_by("name_en", "pk")
    able = [one for one in people if one.may(REVIEW) and one.may(VIEW)]
    judged = [(one, reasons_against(one, facts)) for one in able]
    return sorted(judged, key=lambda pair: bool(pair[1]))


def sort_reasons(reasons: Sequence[Reason]) -> list[dict[str, str]]:
    """As they are written down when somebody sits all the same."""
    return [{"code": one.code, "words": str(one.words)} for one in reasons]


def _dealer(path: str) -> str:
    """The house under the head office to which a branch belongs; "" for the head office itself."""
    parts = [part for part in path.split("/") if part]
    return parts[1] if len(parts) > 1 else ""
