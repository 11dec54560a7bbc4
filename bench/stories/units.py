"""A customer comes, buys one unit, and may bring it to the workshop."""

from datetime import timedelta
from typing import Any

from bench.goods import price_of
from bench.stories.teller import Teller, shop_hour
from bench.stories.words import DISTRICTS, NAME_BN, NAME_EN, REPAIRS

REPAIRED = 0.25


def arrive(teller: Teller) -> Any:
    """Somebody who is written down for the first time."""
    from halkhata.records.customers.services.customers import create_customer

    dice = teller.dice
    kind = dice.random()
    return teller.act(
        lambda: create_customer(
            actor=teller.agent,
            name_bn=NAME_BN if kind < 0.7 else "",
            name_en=NAME_EN if kind > 0.5 else "",
            phones=[teller.phone],
            emails=[teller.address] if dice.random() < 0.25 else [],
            language="bn" if kind < 0.7 else "en",
            honorific=dice.choice(["", "", "apa", "bhai", "janab"]),
            address={"line": "12 Station Road", "district": dice.choice(DISTRICTS)} if dice.random() < 0.6 else None,
            created_at=teller.at,
        )
    )


def buy(teller: Teller, customer: Any) -> Any:
    """One unit over the counter, with all that a sale writes: owner, warranty, registration, the ledger of goods."""
    from halkhata.records.catalog.days import day_of
    from halkhata.records.catalog.models import Product, Unit
    from halkhata.records.catalog.services.purchases import NewLine, record_purchase

    dice = teller.dice
    teller.later(hours=0.3)
    product = dice.choice(list(Product.objects.select_related("brand", "kind").order_by("pk")))
    letters = product.brand.name_en[:2].upper()
    numbers = {
        str(entry["code"]): f"{letters}{str(entry['code'])[0].upper()}{teller.serial}"
        for entry in product.kind.identifiers
    }
    line = NewLine(product=product, identifiers=numbers, unit_price=price_of(product))
    sale = teller.act(
        lambda: record_purchase(
            actor=teller.agent,
            customer=customer,
            branch=teller.shop.branches[teller.branch],
            lines=[line],
            bought_on=day_of(teller.at),
            memo=f"{dice.randrange(100, 9_999)}",
        )
    )
    return Unit.objects.select_related("product__kind", "owner").get(lines__purchase=sale)


def bring(teller: Teller, unit: Any) -> None:
    """Some weeks later: one in four comes to the workshop; of the others, whatever has a meter is read."""
    from halkhata.records.catalog.days import day_of
    from halkhata.records.catalog.services.readings import add_reading

    dice = teller.dice
    if dice.random() < REPAIRED:
        _repair(teller, unit)
        teller.at = shop_hour(dice, teller.at + timedelta(days=1))
    elif unit.product.kind.usage_unit:
        teller.act(
            lambda: add_reading(
                actor=teller.agent,
                unit=unit,
                value=dice.randrange(300, 1_200),
                read_on=day_of(teller.at),
                source="counter",
            )
        )


def _repair(teller: Teller, unit: Any) -> None:
    """A job card from the counter to the gate. Nobody pays the part, so no claim to the maker is left open by it."""
    from halkhata.desks.service.services.handing_over import hand_over
    from halkhata.desks.service.services.lines import add_line
    from halkhata.desks.service.services.opening import open_job
    from halkhata.desks.service.services.states import take_step
    from halkhata.engines.work.services.checklists import tick

    dice, agent = teller.dice, teller.agent
    words, found, part = dice.choice(REPAIRS)
    job = teller.act(
        lambda: open_job(
            actor=agent,
            unit=unit,
            customer=unit.owner,
            branch=teller.shop.branches[teller.branch],
            complaint=words,
            reading=dice.randrange(300, 1_200) if unit.product.kind.usage_unit else None,
            accessories=["Remote"] if dice.random() < 0.5 else [],
            team=teller.shop.teams[teller.branch],
            owner=agent,
            technician=agent,
        )
    )

    def step(state: str, **values: Any) -> None:
        teller.act(lambda: take_step(actor=agent, job=job, state=state, **values))

    teller.later(hours=2)
    step("diagnosed", diagnosis=found)
    teller.act(
        lambda: add_line(
            actor=agent, job=job, kind="part", text=part, payer="customer", rule="Too small to write a bill for"
        )
    )
    step("working")
    teller.later(hours=3)
    for line in job.checklist.filter(done_at__isnull=True):
        teller.act(lambda line=line: tick(actor=agent, line=line, done=True))
    step("tested")
    step("ready")
    teller.later(hours=20)
    who = str(unit.owner)
    teller.act(lambda: hand_over(actor=agent, job=job, how="signature", taken_by=who, typed_name=who))
