# ruff: noqa: E501 - tables of words; a line reads better whole
"""About sixty sold units of all trades: products with prices, memos, numbers with true check digits, readings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from stdnum import luhn

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import moved_to
from halkhata.records.catalog.days import day_of
from halkhata.records.catalog.models import Brand, Price, PriceList, Product, ProductKind
from halkhata.records.catalog.services.defaults import create_all_kinds
from halkhata.records.catalog.services.owners import transfer_unit
from halkhata.records.catalog.services.products import save_brand, save_product
from halkhata.records.catalog.services.purchases import NewLine, record_purchase
from halkhata.records.catalog.services.readings import add_reading
from halkhata.records.customers.models import Customer
from halkhata.records.warranty.services.defaults import create_example_policies

ZONE = ZoneInfo("Asia/Dhaka")
SEED = 53
SELLERS = {"demo-bogura": "desk", "demo-naogaon": "desk3", "demo-rajshahi": "desk2", "demo-natore": "desk4"}


@dataclass(frozen=True, kw_only=True)
class Ware:
    """One product of the demo: where it is sold, how many of it, and for how much."""

    brand: tuple[str, str]
    kind: str
    name_bn: str
    name_en: str
    model: str
    price: int
    shops: tuple[str, ...]
    pieces: int
    # What its numbers begin with.
    prefix: str
    # Kilometres or hours a day.
    a_day: int = 0


BIKES, HOME, FIELD = ("demo-bogura", "demo-naogaon"), ("demo-rajshahi",), ("demo-natore",)
WARES = (
    Ware(
        brand=("ঝড়", "Jhor"),
        kind="motorcycle",
        name_bn="ঝড় ১২৫",
        name_en="Jhor 125",
        model="JH125",
        price=145_000,
        shops=BIKES,
        pieces=11,
        prefix="CM",
        a_day=24,
    ),
    Ware(
        brand=("ঝড়", "Jhor"),
        kind="motorcycle",
        name_bn="ঝড় ১৫০ স্পোর্টস",
        name_en="Jhor 150 Sports",
        model="JH150S",
        price=212_000,
        shops=BIKES,
        pieces=7,
        prefix="CS",
        a_day=31,
    ),
    Ware(
        brand=("হিমালি", "Himali"),
        kind="appliance",
        name_bn="হিমালি ফ্রিজ ২২০ লিটার",
        name_en="Himali Fridge 220 L",
        model="HM220",
        price=38_500,
        shops=HOME,
        pieces=9,
        prefix="HM",
    ),
    Ware(
        brand=("ধোপা", "Dhopa"),
        kind="appliance",
        name_bn="ধোপা ওয়াশিং মেশিন ৮ কেজি",
        name_en="Dhopa Washing Machine 8 kg",
        model="DP8",
        price=31_900,
        shops=HOME,
        pieces=5,
        prefix="DP",
    ),
    Ware(
        brand=("হিমালি", "Himali"),
        kind="air-conditioner",
        name_bn="হিমালি এসি ১.৫ টন",
        name_en="Himali AC 1.5 ton",
        model="HMAC15",
        price=57_000,
        shops=HOME,
        pieces=5,
        prefix="HA",
    ),
    Ware(
        brand=("দোয়েল", "Doyel"),
        kind="phone",
        name_bn="দোয়েল এক্স৭",
        name_en="Doyel X7",
        model="X7",
        price=18_990,
        shops=HOME,
        pieces=9,
        prefix="35209911",
    ),
    Ware(
        brand=("দোয়েল", "Doyel"),
        kind="phone",
        name_bn="দোয়েল প্রো",
        name_en="Doyel Pro",
        model="PRO",
        price=32_990,
        shops=HOME,
        pieces=4,
        prefix="35209922",
    ),
    Ware(
        brand=("সূর্যমুখী", "Surjomukhi"),
        kind="solar-system",
        name_bn="সূর্যমুখী ৫৫০ ওয়াট সোলার",
        name_en="Surjomukhi Solar 550 W",
        model="SM550",
        price=46_000,
        shops=FIELD,
        pieces=5,
        prefix="IV",
    ),
    Ware(
        brand=("সূর্যমুখী", "Surjomukhi"),
        kind="battery",
        name_bn="সূর্যমুখী ব্যাটারি ১৩০ এএইচ",
        name_en="Surjomukhi Battery 130 Ah",
        model="SB130",
        price=17_500,
        shops=FIELD,
        pieces=3,
        prefix="SB",
        a_day=1,
    ),
    Ware(
        brand=("লাঙল", "Langol"),
        kind="agri-machine",
        name_bn="লাঙল পাওয়ার টিলার ১৫",
        name_en="Langol Power Tiller 15",
        model="LG15",
        price=168_000,
        shops=FIELD,
        pieces=4,
        prefix="LG",
        a_day=3,
    ),
)


def sell_units(
    *, branches: Mapping[str, Branch], staff: Mapping[str, User], people: Sequence[tuple[str, Customer]], now: datetime
) -> int:
    """Sell them, each at its hour of the past year. ``people``: shop and customer. Returns how many were sold."""
    dice = Random(SEED)  # noqa: S311 - a story, no secret
    begin = now - timedelta(days=360)
    with moved_to(begin):
        create_all_kinds(is_demo=True)
        create_example_policies(is_demo=True)
        prices = _price_list()
        products = {ware.model: _product(ware, prices, day_of(begin)) for ware in WARES}
    buyers = {shop: [one for at, one in people if at == shop and one.created_at < begin] for shop in SELLERS}
    plans = [(ware, number) for ware in WARES for number in range(ware.pieces)]
    sold = sorted(
        (
            (now - timedelta(days=dice.randint(9, 350), minutes=dice.randint(0, 400)), ware, number)
            for ware, number in plans
        ),
        key=lambda one: one[0],
    )
    for count, (at, ware, number) in enumerate(sold, start=1):
        shop = ware.shops[number % len(ware.shops)]
        if not buyers[shop]:
            continue
        buyer = dice.choice(buyers[shop])
        noon = at.astimezone(ZONE).replace(hour=11 + count % 7, minute=at.minute, second=0, microsecond=0)
        with moved_to(noon):
            _sell(
                dice, ware, products[ware.model], staff[SELLERS[shop]], branches[shop], buyer, noon, now, 4000 + count
            )
    _hand_one_on(buyers["demo-bogura"], staff[SELLERS["demo-bogura"]], now)
    return len(sold)


def _price_list() -> PriceList:
    return PriceList.objects.create(
        code="demo-retail", name_bn="খুচরা মূল্য (নমুনা)", name_en="Retail prices (demo)", is_demo=True
    )


def _product(ware: Ware, prices: PriceList, since: date) -> Product:
    bn, en = ware.brand
    brand = Brand.objects.filter(name_en=en, is_demo=True).first() or save_brand(
        actor=SYSTEM, name_bn=bn, name_en=en, is_demo=True
    )
    product = save_product(
        actor=SYSTEM, brand=brand, kind=ProductKind.objects.get(code=ware.kind), name_bn=ware.name_bn,
        name_en=ware.name_en, model_code=ware.model, is_demo=True,
    )  # fmt: skip
    Price.objects.create(
        price_list=prices, product=product, amount=Decimal(ware.price), currency=prices.currency, valid_from=since
    )
    return product


def _sell(
    dice: Random, ware: Ware, product: Product, seller: User, branch: Branch, buyer: Customer, at: datetime, now: datetime,
    memo: int,
) -> None:  # fmt: skip
    discount = Decimal(dice.choice((0, 0, 0, 500, 1000)))
    line = NewLine(
        product=product, identifiers=numbers_of(dice, ware, product.kind), unit_price=Decimal(ware.price),
        discount=discount, extra=_extra(dice, ware), batch=_batch(ware, at),
    )  # fmt: skip
    purchase = record_purchase(
        actor=seller, customer=buyer, branch=branch, lines=[line], bought_on=day_of(at), memo=str(memo), is_demo=True
    )
    unit = purchase.lines.select_related("unit").get().unit
    if unit is None or not ware.a_day or dice.random() < 0.35:
        return
    days = dice.randint(20, 90)
    read_at = at + timedelta(days=days)
    if read_at < now:
        with moved_to(read_at):
            value = ware.a_day * days + dice.randint(0, 80)
            add_reading(actor=seller, unit=unit, value=value, read_on=day_of(read_at), source="counter")


def numbers_of(dice: Random, ware: Ware, kind: ProductKind) -> dict[str, str]:
    """A number for each field of the kind; IMEIs with their check digit."""
    found = {}
    for entry in kind.identifiers:
        code = str(entry["code"])
        if entry.get("check") == "imei":
            body = f"{ware.prefix}{dice.randint(0, 999_999):06d}"
            found[code] = body + luhn.calc_check_digit(body)
        elif entry["required"] or dice.random() < 0.6:
            mark = "" if code in {"serial", "chassis"} else code[0].upper()
            found[code] = f"{ware.prefix[:2]}{mark}-{dice.randint(1_000_000, 9_999_999)}"
    return found


def _extra(dice: Random, ware: Ware) -> dict[str, str]:
    if ware.kind in {"motorcycle", "phone", "appliance"}:
        return {"colour": dice.choice(("লাল", "কালো", "নীল", "সাদা", "ধূসর"))}
    return {"kwp": "0.55"} if ware.kind == "solar-system" else {}


def _batch(ware: Ware, at: datetime) -> str:
    """The maker's batch, one for each quarter; vehicles and machines have none on them."""
    if ware.kind in {"motorcycle", "agri-machine", "solar-system"}:
        return ""
    return f"{ware.model}-{at:%y}Q{(at.month + 2) // 3}"


def _hand_one_on(buyers: Sequence[Customer], seller: User, now: datetime) -> None:
    """A motorcycle that has changed hands: its history tells of two owners."""
    from halkhata.records.catalog.models import Unit

    unit = Unit.objects.filter(is_demo=True, branch=seller.branch, owner__isnull=False).order_by("pk").first()
    other = next((one for one in buyers if unit is not None and one.pk != unit.owner_id), None)
    if unit is None or other is None:
        return
    at = now - timedelta(days=4)
    with moved_to(at):
        transfer_unit(actor=seller, unit=unit, to=other, on=day_of(at), consent="দুজনের সই করা চিঠি, ফাইলে আছে")
