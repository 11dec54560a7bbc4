"""Signs the measured people in and picks the records that are opened; prints JSON. Runs on the measured database."""

import json
import random
import sys
from typing import Any

SAMPLE = 60
# Enough for one request each: the first page after signing in.
SESSIONS = 450


def prepare() -> dict[str, Any]:
    """Sessions, a key for the API, and records chosen with a fixed die."""
    from django.db.models import Count
    from django.test import Client

    from halkhata.desks.tickets.models import Ticket
    from halkhata.engines.work.models import WorkItem
    from halkhata.foundation.accounts.models import Team, User
    from halkhata.foundation.accounts.services.tokens import create_token
    from halkhata.records.catalog.models import Unit, UnitIdentifier
    from halkhata.records.customers.models import ContactPoint, Customer

    dice = random.Random(7)
    everybody = User.objects.select_related("role", "branch")
    # An agent of the branch with most customers: a small database leaves some branches empty.
    busiest = Customer.objects.values("branch").annotate(held=Count("pk")).order_by("-held", "branch")[0]["branch"]
    agent = everybody.filter(branch=busiest, role__level=1).order_by("pk")[0]
    manager = everybody.filter(branch=busiest, role__level=3).order_by("pk")[0]
    people = {"owner": everybody.get(username="owner"), "agent": agent, "manager": manager}

    def signed_in(user: User) -> str:
        client = Client()
        client.force_login(user, backend="halkhata.foundation.accounts.backends.UsernameOrPhoneBackend")
        return f"sessionid={client.cookies['sessionid'].value}; language=en"

    cookies = {name: signed_in(user) for name, user in people.items()}
    _token, key = create_token(
        actor=agent, name="measuring", scopes=["customer.view", "customer.edit", "ticket.view", "ticket.create"]
    )
    low, high = (Customer.objects.order_by(order).values_list("pk", flat=True).first() for order in ("pk", "-pk"))
    customers = [dice.randint(low, high) for _turn in range(SAMPLE)]
    tickets = list(Ticket.objects.filter(customer__in=customers).order_by("pk").values_list("number", flat=True))
    unfinished = list(WorkItem.objects.unfinished().order_by("-pk").values_list("pk", flat=True)[: SAMPLE * 5])
    open_tickets = list(Ticket.objects.filter(pk__in=unfinished).values_list("number", flat=True))
    phones = list(
        ContactPoint.objects.filter(customer__in=customers, kind="phone").order_by("pk").values_list("value", flat=True)
    )
    own = list(
        Customer.objects.filter(branch=agent.branch).order_by("-updated_at", "-id").values_list("pk", flat=True)[:500]
    )
    names = Customer.objects.filter(pk__in=customers)
    units = list(Unit.objects.filter(branch=busiest).order_by("pk").values_list("pk", "number", "product"))
    units = dice.sample(units, min(SAMPLE, len(units)))
    serials = list(
        UnitIdentifier.objects.filter(unit__in=[pk for pk, _number, _product in units])
        .order_by("pk")
        .values_list("value", flat=True)
    )
    return {
        "cookies": cookies,
        "key": key,
        "customers": customers,
        "tickets": dice.sample(tickets, min(SAMPLE // 2, len(tickets)))
        + dice.sample(open_tickets, min(SAMPLE // 2, len(open_tickets))),
        "phone_tails": [phone[-6:] for phone in phones],
        "names_bn": sorted(
            {name.split()[-1][:4] for name in names.exclude(name_bn="").values_list("name_bn", flat=True)}
        ),
        "names_en": sorted(
            {name.split()[-1][:5] for name in names.exclude(name_en="").values_list("name_en", flat=True)}
        ),
        "agent_customers": dice.sample(own, min(SAMPLE, len(own))),
        "units": [number for _pk, number, _product in units],
        "products": sorted({product for _pk, _number, product in units})[:12],
        "serials": serials,
        "new_sessions": [signed_in(manager) for _turn in range(SESSIONS)],
        "agent": agent.pk,
        "branch": agent.branch_id,
        "team": Team.objects.filter(branch=agent.branch).order_by("pk").values_list("pk", flat=True).first(),
    }


if __name__ == "__main__":
    import django

    django.setup()
    json.dump(prepare(), sys.stdout)
