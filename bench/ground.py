"""What a measurement stands on: an empty install in a folder of its own, and a shop with people in it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@contextmanager
def fresh_install() -> Iterator[str]:
    """An install with all migrations in a temporary folder, removed afterwards. Yields the folder.

    HALKHATA_DATABASE_URL is obeyed when it is set; that database should be an empty one.
    """
    with tempfile.TemporaryDirectory(prefix="halkhata-bench-") as folder:
        os.environ["HALKHATA_DATA_DIR"] = folder
        os.environ.setdefault("HALKHATA_SECRET_KEY", "only-for-measuring-" + "0" * 40)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield folder


@dataclass
class Shop:
    """A head office with shops under it, each with a team, a lead, a manager and agents; one person who sees all."""

    branches: list[Any]
    teams: list[Any]
    agents: list[Any]
    leads: list[Any]
    managers: list[Any]
    owner: Any


def make_shop(*, branches: int = 4, agents_each: int = 6) -> Shop:
    """Write the rows of the shop, with the opening hours, promises and escalation matrix of a new install."""
    from halkhata.engines.work.services.defaults import create_default_work_setup
    from halkhata.foundation.accounts.choices import PERMISSIONS
    from halkhata.foundation.accounts.models import Branch, Role, Team, User
    from halkhata.foundation.core.models import Installation

    Installation.objects.update_or_create(pk=1, defaults={"shop_name": "Padma Motors"})
    roles = {
        level: Role.objects.create(
            code=f"bench-{level}", name_en=f"Bench {level}", level=level, scope=scope, permissions=list(PERMISSIONS)
        )
        for level, scope in ((1, "branch"), (2, "team"), (3, "subtree"), (4, "all"))
    }

    def person(name: str, branch: Any, level: int) -> Any:
        return User.objects.create(username=name, name_en=name.title(), branch=branch, role=roles[level], password="!")

    head = Branch.objects.create(code="head", name_en="Head office")
    Branch.objects.filter(pk=head.pk).update(path=f"/{head.pk}/")
    head.refresh_from_db()
    create_default_work_setup(branch=head)
    shop = Shop([], [], [], [], [], person("owner", head, 4))
    for number in range(1, branches + 1):
        branch = Branch.objects.create(code=f"shop-{number}", name_en=f"Shop {number}", parent=head)
        Branch.objects.filter(pk=branch.pk).update(path=f"{head.path}{branch.pk}/")
        branch.refresh_from_db()
        team = Team.objects.create(code=f"complaints-{number}", name_en=f"Complaints {number}", branch=branch)
        lead = person(f"lead{number}", branch, 2)
        team.lead = lead
        team.save(update_fields=["lead"])
        team.members.add(lead)
        shop.branches.append(branch)
        shop.teams.append(team)
        shop.leads.append(lead)
        shop.managers.append(person(f"manager{number}", branch, 3))
        for place in range(1, agents_each + 1):
            agent = person(f"agent{number}x{place}", branch, 1)
            agent.teams.add(team)
            shop.agents.append(agent)
    return shop
