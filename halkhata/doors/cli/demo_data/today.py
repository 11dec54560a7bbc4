# ruff: noqa: E501 - tables of words; a sentence reads better on one line
"""What lies on the shops' tables today: each line is one open ticket, by how much working time it has used up."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class OpenTicket:
    """An open ticket. Minutes are working time of the shop since it was opened; ``age`` is how long that is ago.

    ``first``: when we answered first (None: nobody has). ``updates``: later answers. ``contacts``: the customer again.
    ``wait``: since when it waits, and for whom. ``solved`` and ``back``: resolved, and opened again by the customer.
    """

    scene: str
    shop: str
    channel: str
    age: int
    first: int | None = None
    updates: tuple[int, ...] = ()
    contacts: tuple[int, ...] = ()
    wait: tuple[int, str] | None = None
    solved: int | None = None
    back: int | None = None
    part: str = ""
    demands_manager: bool = False
    language: str = ""


def _t(scene: str, shop: str, channel: str, age: int, first: int | None = None, **more: object) -> OpenTicket:
    return OpenTicket(scene=scene, shop=f"demo-{shop}", channel=channel, age=age, first=first, **more)  # type: ignore[arg-type]


TODAY: tuple[OpenTicket, ...] = (
    # came in a moment ago
    _t("second-service", "bogura", "phone", 20),
    _t("wrong-bill", "rajshahi", "counter", 45),
    _t("panel-dust", "natore", "phone", 90),
    _t("kisti-amount", "rajshahi", "phone", 70),
    _t("hard-start", "naogaon", "counter", 130),
    _t("exchange-price", "rajshahi", "web_form", 60),
    _t("registration-papers", "bogura", "email", 100, language="en"),
    _t("charger-missing", "rajshahi", "email", 150, language="bn"),
    # answered, work goes on
    _t("noise-again", "bogura", "phone", 300, 40),
    _t("mileage", "bogura", "counter", 900, 100),
    _t("fridge-cooling", "rajshahi", "phone", 420, 60, contacts=(380,)),
    _t("tv-lines", "rajshahi", "email", 700, 200, language="bn"),
    _t("inverter-beep", "natore", "phone", 640, 90),
    _t("pump-pressure", "natore", "phone", 500, 30),
    _t("imei-mismatch", "rajshahi", "counter", 380, 25),
    _t("warranty-card", "rajshahi", "web_form", 500, 120),
    _t("training", "natore", "phone", 800, 120),
    _t("offer-helmet", "naogaon", "counter", 1000, 60),
    _t("second-service", "bogura", "phone", 560, 45, part="regular"),
    _t("phone-heats", "rajshahi", "phone", 450, 70, part="after-five"),
    # nearly due
    _t("hard-start", "bogura", "phone", 1765, 80, updates=(1300,)),
    _t("fan-again", "rajshahi", "counter", 1740, 200, updates=(1200,)),
    _t("late-delivery", "rajshahi", "phone", 1150, 50, updates=(700,)),
    _t("phone-heats", "rajshahi", "email", 560, language="en"),
    _t("display-dead", "rajshahi", "counter", 215),
    # late, and on their way up the ladder
    _t("visit-missed", "natore", "phone", 300),
    _t("registration-papers", "naogaon", "phone", 960),
    _t("kisti-twice", "bogura", "phone", 530),
    _t("part-missing", "bogura", "phone", 1500, 60, updates=(800, 1250)),
    _t("rude-counter", "bogura", "web_form", 2300, 100, updates=(900, 1900)),
    _t("fridge-seven-days", "rajshahi", "phone", 1900, 30, updates=(900, 1600)),
    _t("noise-again", "naogaon", "counter", 3750, 100, updates=(1000, 2000, 3300)),
    # waiting for the manufacturer
    _t("tv-lines", "rajshahi", "phone", 1500, 100, wait=(300, "waiting_manufacturer")),
    _t("blade-part", "natore", "phone", 1900, 50, updates=(1500,), wait=(200, "waiting_manufacturer")),
    _t("part-missing", "naogaon", "counter", 1400, 60, wait=(150, "waiting_manufacturer")),
    _t("dead-battery", "natore", "phone", 1300, 40, wait=(240, "waiting_manufacturer")),
    _t("dead-battery", "natore", "counter", 1150, 90, wait=(300, "waiting_manufacturer")),
    # waiting for the customer
    _t("imei-mismatch", "rajshahi", "email", 900, 120, wait=(130, "waiting_customer"), language="bn"),
    _t("mileage", "naogaon", "phone", 1000, 90, wait=(150, "waiting_customer")),
    _t("display-dead", "rajshahi", "phone", 800, 110, wait=(300, "waiting_customer")),
    _t("tv-lines", "rajshahi", "email", 620, 90, wait=(95, "waiting_customer"), part="bounces"),
    _t("wrong-bill", "rajshahi", "counter", 330, 20, wait=(100, "waiting_internal")),
    # solved, and back again
    _t("fridge-cooling", "rajshahi", "phone", 2600, 60, solved=900, back=2520),
    _t("hard-start", "bogura", "counter", 1500, 90, solved=1000, back=1420),
    # the batteries of one batch
    _t("dead-battery", "natore", "phone", 160, 30),
    _t("dead-battery", "natore", "phone", 560, 60),
    _t("dead-battery", "natore", "counter", 740, 45),
    # the angry customer: four contacts in a week
    _t(
        "fridge-seven-days", "rajshahi", "phone", 2250, 40, contacts=(700, 1500, 2180), part="angry", demands_manager=True
    ),
    # danger
    _t("brake-fail", "bogura", "phone", 50, 20),
    _t("iron-sparks", "rajshahi", "email", 35, language="bn"),
)  # fmt: skip
