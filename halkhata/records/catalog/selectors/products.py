"""Reading products for forms and lists."""

from django.db.models import QuerySet

from halkhata.foundation.core.text import search_key
from halkhata.records.catalog.models import Product, ProductKind

MOST_OFFERED = 500


def offered_products() -> QuerySet[Product]:
    """Products that can be sold, by brand and name."""
    return Product.objects.filter(is_active=True, kind__is_active=True).select_related("brand", "kind")


def kind_choices() -> list[tuple[str, str]]:
    """Codes and names of the kinds of products in use."""
    return [(kind.code, kind.name) for kind in ProductKind.objects.filter(is_active=True)]


def label_of_product(product: Product) -> str:
    """How a list names it: brand, name, and the model code where the name does not say it."""
    name = product.full_name
    if product.model_code and product.model_code.casefold() not in name.casefold():
        return f"{name} ({product.model_code})"
    return name


def find_products(text: str, limit: int = 10) -> list[Product]:
    """Products whose brand, names and model hold all the words, a product called exactly so alone. One query."""
    if not search_key(text).split():
        return []
    found = list(products_named(text, offered_products())[: limit + 40])
    exact = [one for one in found if text_names(text, one)]
    return exact[:1] if len(exact) == 1 else found[:limit]


def products_named(text: str, rows: QuerySet[Product] | None = None) -> QuerySet[Product]:
    """Those of ``rows`` (all) whose brand, names and model hold all the words."""
    rows = Product.objects.all() if rows is None else rows
    for word in search_key(text).split():
        rows = rows.filter(folded__contains=word)
    return rows


def text_names(text: str, product: Product) -> bool:
    """Whether the text is this product's label, name or model, and not merely a part."""
    key = search_key(text)
    names = {label_of_product(product), product.name_bn, product.name_en, product.model_code}
    return key in {search_key(name) for name in names if name}
