"""What the measured shop sells: three kinds, a dozen brands, 180 products with prices, their warranty."""

from datetime import date
from decimal import Decimal
from typing import Any

# Rivers: no maker of such goods is called so.
BRANDS: tuple[tuple[str, str], ...] = (
    ("সুরমা", "Surma"), ("তিস্তা", "Teesta"), ("গড়াই", "Gorai"), ("মধুমতি", "Madhumati"), ("হালদা", "Halda"),
    ("বংশী", "Bangshi"), ("তিতাস", "Titas"), ("রূপসা", "Rupsha"), ("ধানসিঁড়ি", "Dhansiri"), ("কপোতাক্ষ", "Kopotakkho"),
    ("ইছামতি", "Ichamati"), ("চিত্রা", "Chitra"),
)  # fmt: skip
# Code of the kind, what it is called, the letters of its model codes.
LINES: tuple[tuple[str, str, str, str], ...] = (
    ("appliance", "ফ্রিজ", "Refrigerator", "RF"),
    ("appliance", "ওয়াশিং মেশিন", "Washing machine", "WM"),
    ("appliance", "টেলিভিশন", "Television", "TV"),
    ("motorcycle", "মোটরসাইকেল", "Motorcycle", "MC"),
    ("air-conditioner", "এয়ার কন্ডিশনার", "Air conditioner", "AC"),
)
SIZES = 3
TRADES = ("appliance", "motorcycle")
PRICES_FROM = date(2020, 1, 1)


def price_of(product: Any) -> Decimal:
    """What one costs at the counter, and in the list of prices."""
    return Decimal(9_900 + product.pk % 60 * 1_500)


def serial_of(number: int) -> str:
    """The nine digits in the numbers of the ``number``-th unit: no two alike, and no order that a search could use."""
    return f"{number * 618_033_989 % 1_000_000_000:09d}"


def open_store(branches: list[Any]) -> None:
    """Write the goods of a shop whose branches are there, with the places where goods lie. The same rows each time."""
    from halkhata.desks.aftercare.services.defaults import create_usual_rules
    from halkhata.desks.service.models import ServiceRules
    from halkhata.desks.service.services.defaults import prepare_desk
    from halkhata.records.catalog.models import Brand, Price, Product, ProductKind
    from halkhata.records.catalog.services.defaults import create_kinds, create_price_list
    from halkhata.records.catalog.services.products import folded_of
    from halkhata.records.stock.services.places import make_places
    from halkhata.records.warranty.services.defaults import prepare_warranty

    for trade in TRADES:
        create_kinds(trade)
    kinds = {kind.code: kind for kind in ProductKind.objects.all()}
    for bn, en in BRANDS:
        Brand.objects.create(code=en.lower(), name_bn=bn, name_en=en)
    products = []
    for brand in Brand.objects.order_by("pk"):
        for place, (code, bn, en, letters) in enumerate(LINES * SIZES):
            model = f"{letters}-{100 + 10 * (place // len(LINES))}{brand.name_en[0]}"
            product = Product(brand=brand, kind=kinds[code], name_bn=bn, name_en=en, model_code=model)
            product.folded = folded_of(product, brand)
            products.append(product)
    Product.objects.bulk_create(products)
    prices = create_price_list()
    Price.objects.bulk_create(
        Price(
            price_list=prices, product=product, amount=price_of(product), currency=prices.currency,
            valid_from=PRICES_FROM,
        )
        for product in Product.objects.order_by("pk")
    )  # fmt: skip
    prepare_warranty(None, None, {})
    prepare_desk()
    create_usual_rules()
    # Nobody is asked after a repair, as nobody is called after a solution (shop.py).
    ServiceRules.objects.create(pk=1, asks_satisfaction=False)
    for branch in branches:
        make_places(branch)
