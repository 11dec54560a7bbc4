"""A shop with people in it: real rows that most tests start from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

# Minutes of working time the test shop promises: (first answer, next answer, resolution).
PROMISES = {
    "urgent": (30, 60, 240),
    "high": (60, 120, 660),
    "normal": (120, 240, 1320),
    "low": (480, 480, 3300),
}
SATURDAY_TO_THURSDAY = (5, 6, 0, 1, 2, 3)
AGENT_PERMISSIONS = (
    "customer.view", "customer.edit", "customer.see_private", "ticket.view", "ticket.create", "ticket.reply",
    "ticket.note", "ticket.edit", "ticket.resolve", "work.view",
)  # fmt: skip
# As the ready role of team leads.
LEAD_PERMISSIONS = (
    *AGENT_PERMISSIONS, "ticket.assign", "work.escalate", "feedback.view", "messaging.quarantine", "report.view",
    "training.edit", "quality.score",
)  # fmt: skip


@dataclass
class Shop:
    """One branch with one team, five people, opening hours and a default promise.

    Sat–Thu 09:00–13:00 and 14:00–20:00 in Dhaka, Friday closed. ``agent`` and ``agent2`` see the branch's records.
    """

    branch: Any
    team: Any
    agent: Any
    agent2: Any
    lead: Any
    manager: Any
    owner: Any
    calendar: Any
    policy: Any


def make_user(username: str, *, branch: Any, role: Any, teams: tuple[Any, ...] = (), **fields: Any) -> Any:
    """A member of staff with the password ``nine plain words``, whose name in English is the user name."""
    from halkhata.foundation.accounts.models import User

    user = User.objects.create_user(
        username, "nine plain words", branch=branch, role=role, **{"name_en": username.title(), **fields}
    )
    user.teams.add(*teams)
    return user


def make_role(code: str, *, level: int, scope: str, permissions: Any) -> Any:
    """A role of the tests' own; what the product ships is left alone."""
    from halkhata.foundation.accounts.models import Role

    return Role.objects.create(
        code=f"test-{code}", name_en=f"Test {code}", name_bn="পরীক্ষা", level=level, scope=scope,
        permissions=list(permissions),
    )  # fmt: skip


def make_shop() -> Shop:
    """Write the rows of a shop. Set-up is done, so that pages open."""
    from halkhata.engines.work.models import (
        BranchCalendar,
        BusinessCalendar,
        CalendarInterval,
        SlaPolicy,
        SlaTarget,
    )
    from halkhata.foundation.accounts.choices import PERMISSIONS
    from halkhata.foundation.accounts.models import Branch, Team
    from halkhata.foundation.core.clock import now
    from halkhata.foundation.core.models import Installation

    Installation.objects.update_or_create(
        pk=1, defaults={"shop_name": "Padma Motors", "default_language": "bn", "set_up_at": now()}
    )
    branch = Branch.objects.create(code="padma", name_en="Padma Motors", name_bn="পদ্মা মোটরস", phone="01100000000")
    Branch.objects.filter(pk=branch.pk).update(path=f"/{branch.pk}/")
    branch.refresh_from_db()
    team = Team.objects.create(code="complaints", name_en="Complaints", name_bn="অভিযোগ", branch=branch)
    agent_role = make_role("agent", level=1, scope="branch", permissions=AGENT_PERMISSIONS)
    lead_role = make_role("lead", level=2, scope="branch", permissions=LEAD_PERMISSIONS)
    manager_role = make_role("manager", level=3, scope="subtree", permissions=LEAD_PERMISSIONS)
    owner_role = make_role("owner", level=4, scope="all", permissions=PERMISSIONS)
    agent = make_user("rafi", branch=branch, role=agent_role, teams=(team,), email="rafi@example.com")
    agent2 = make_user("mitu", branch=branch, role=agent_role, teams=(team,), email="mitu@example.com")
    lead = make_user("lead", branch=branch, role=lead_role, teams=(team,), email="lead@example.com")
    manager = make_user("manager", branch=branch, role=manager_role, email="manager@example.com")
    owner = make_user("owner", branch=branch, role=owner_role, email="owner@example.com")
    team.lead = lead
    team.save(update_fields=["lead"])
    calendar = BusinessCalendar.objects.create(code="padma-hours", name_en="Opening hours", name_bn="খোলার সময়")
    CalendarInterval.objects.bulk_create(
        CalendarInterval(calendar=calendar, weekday=day, starts_minute=start * 60, ends_minute=end * 60)
        for day in SATURDAY_TO_THURSDAY
        for start, end in ((9, 13), (14, 20))
    )
    BranchCalendar.objects.create(branch=branch, calendar=calendar)
    policy, _ = SlaPolicy.objects.update_or_create(
        is_default=True,
        defaults={"name_en": "Default", "name_bn": "সাধারণ", "position": 1, "is_active": True, "warn_at": [50, 75, 90],
                  "around_the_clock": False, "calendar": None, "conditions": {}},
    )  # fmt: skip
    policy.targets.all().delete()
    SlaTarget.objects.bulk_create(
        SlaTarget(policy=policy, priority=priority, metric=metric, minutes=minutes)
        for priority, promised in PROMISES.items()
        for metric, minutes in zip(("first", "next", "resolution"), promised, strict=True)
    )
    return Shop(
        branch=branch, team=team, agent=agent, agent2=agent2, lead=lead, manager=manager, owner=owner,
        calendar=calendar, policy=policy,
    )  # fmt: skip


@pytest.fixture
def shop(db: None) -> Shop:
    """A branch, a team, five people, opening hours and a default promise, in the test's database."""
    return make_shop()


@pytest.fixture
def client_as() -> Callable[..., Client]:
    """``client_as(user, language="en")``: Django's test client, signed in, with pages in that language."""

    def sign_in(user: Any, language: str = "en", **defaults: Any) -> Client:
        if user.language != language:
            user.language = language
            user.save(update_fields=["language"])
        client = Client(**defaults)
        client.force_login(user, backend="halkhata.foundation.accounts.backends.UsernameOrPhoneBackend")
        return client

    return sign_in
