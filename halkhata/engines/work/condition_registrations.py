"""The conditions of policies that the spine, the customers and the catalog answer (A51.1)."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.registry import PromiseCondition, item_facts, promise_conditions
from halkhata.engines.work.selectors import conditions as known
from halkhata.engines.work.selectors.item_facts import OF_CUSTOMERS, OF_PRODUCTS
from halkhata.foundation.accounts.models import Branch, Team
from halkhata.records.catalog.models import Brand, ProductKind
from halkhata.records.customers.models import Organization

ONE_EACH = _("One to a line, as it is called in the records.")
CUSTOMERS = "customer.view"


def register() -> None:
    """Tell the registries."""
    item_facts.register("customers", OF_CUSTOMERS)
    item_facts.register("products", OF_PRODUCTS)
    for condition in (
        PromiseCondition(
            code="kind", label=_("Kinds"), order=10, choices=known.kind_choices,
            words=known.of_choices(known.kind_choices),
        ),
        PromiseCondition(
            code="priority", label=_("Priorities"), order=20, choices=known.priorities,
            words=known.of_choices(known.priorities),
        ),
        PromiseCondition(
            code="channel", label=_("Channels"), order=30, choices=known.channels,
            words=known.of_choices(known.channels),
        ),
        PromiseCondition(
            code="team", label=_("Teams"), order=40, choices=known.active_teams, words=partial(known.names_of, Team),
            is_number=True,
        ),
        PromiseCondition(
            code="branch", label=_("Branches"), order=50, choices=known.active_branches,
            words=partial(known.names_of, Branch), is_number=True,
        ),
        PromiseCondition(
            code="category", label=_("Categories"), order=60, choices=known.category_choices,
            words=known.of_choices(known.category_choices),
        ),
        PromiseCondition(
            code="country", label=_("Countries of the customer"), order=80, find=known.countries_called,
            words=known.country_names, permission=CUSTOMERS,
            help_text=_("One to a line, by name or two letters, like BD. Without an address: the branch's country."),
        ),
        PromiseCondition(
            code="organization", label=_("Organizations of the customer"), order=90, find=known.organizations_called,
            words=partial(known.names_of, Organization), is_number=True, help_text=ONE_EACH, permission=CUSTOMERS,
        ),
        PromiseCondition(
            code="brand", label=_("Brands"), order=100, choices=known.brands, words=partial(known.names_of, Brand),
            is_number=True,
        ),
        PromiseCondition(
            code="product_kind", label=_("Kinds of product"), order=110, choices=known.product_kinds,
            words=partial(known.names_of, ProductKind), is_number=True,
        ),
        PromiseCondition(
            code="product", label=_("Products"), order=120, find=known.products_called, words=known.product_names,
            is_number=True, help_text=ONE_EACH,
        ),
    ):  # fmt: skip
        promise_conditions.register(condition.code, condition)
