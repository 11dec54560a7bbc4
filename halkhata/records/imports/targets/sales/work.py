"""The import of sales as a target: each row is one sale, once; whoever buys is found or written down."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.text import search_key
from halkhata.records.catalog.choices import SaleChannel, UnitState
from halkhata.records.catalog.days import EARLIEST, today
from halkhata.records.catalog.identifiers import fold_identifier, read_identifiers
from halkhata.records.catalog.models import Product, Purchase, Unit, UnitIdentifier
from halkhata.records.catalog.policies import SELL
from halkhata.records.catalog.selectors.prices import price_in_force
from halkhata.records.catalog.selectors.products import label_of_product, offered_products
from halkhata.records.catalog.services.forgetting import forget_purchases
from halkhata.records.catalog.services.purchases import NewLine, record_purchase
from halkhata.records.catalog.services.units import find_taken
from halkhata.records.customers.models import Customer
from halkhata.records.customers.policies import branches_open_to
from halkhata.records.customers.selectors.duplicates import owners_of
from halkhata.records.imports.choices import IssueKind, Outcome, SharedRule
from halkhata.records.imports.models import ImportedRow, ImportRun
from halkhata.records.imports.registry import Issue, ReadRow, Verdict, Written
from halkhata.records.imports.targets.customers.matching import judge_customers
from halkhata.records.imports.targets.customers.reading import MODEL as CUSTOMER
from halkhata.records.imports.targets.customers.undoing import undo_customers
from halkhata.records.imports.targets.customers.work import SYSTEM
from halkhata.records.imports.targets.customers.writing import CustomerWriter
from halkhata.records.imports.targets.sales.columns import PREFIX
from halkhata.records.imports.targets.sales.reading import MODEL, SaleLine, read_sale


class SalesWork:
    """One import of sales at work."""

    def __init__(self, run: ImportRun, actor: Any) -> None:
        if isinstance(actor, User) and not actor.may(SELL):
            raise PermissionRefused("may_not_import", _("You may not record sales."))
        self.run, self.actor = run, actor
        self.shared = run.options.get("shared", SharedRule.LIST)
        self._branches: dict[str, Branch] | None = None
        self._products: dict[str, list[Product]] | None = None

    @property
    def branches(self) -> dict[str, Branch]:
        """The branches that the actor may sell for, by their folded names and codes."""
        if self._branches is None:
            staff = isinstance(self.actor, User)
            rows = branches_open_to(self.actor) if staff else Branch.objects.filter(is_active=True)
            self._branches = {
                search_key(name): one for one in rows for name in (one.code, one.name_bn, one.name_en) if name
            }
        return self._branches

    @property
    def products(self) -> dict[str, list[Product]]:
        """What a row may call a product -> the products that are called so."""
        if self._products is None:
            self._products = {}
            for one in offered_products():
                names = {label_of_product(one), one.name_bn, one.name_en, one.model_code}
                names |= {f"{one.brand.name_en} {name}" for name in tuple(names) if name}
                names |= {f"{one.brand.name_bn} {name}" for name in tuple(names) if name}
                for key in {search_key(name) for name in names if name}:
                    self._products.setdefault(key, []).append(one)
        return self._products

    def read(self, number: int, values: dict[str, list[str]]) -> ReadRow:
        """Understand one row."""
        return read_sale(number, values, region=self.run.branch.country)

    def judge(self, rows: Sequence[ReadRow]) -> list[Verdict]:
        """Which sales the rows mean: one that is recorded already is known by what the row says."""
        keys = [self._key(row.record) for row in rows]
        recorded = dict(Purchase.objects.filter(key__in=keys).values_list("key", "pk"))
        people = judge_customers(
            [row.record.person for row in rows], actor=self.actor, system=SYSTEM, shared=self.shared, branches={}
        )
        taken = self._taken(
            row for row, key, one in zip(rows, keys, people, strict=True) if key not in recorded and not one.record_id
        )
        return [
            Verdict(row, recorded[key]) if key in recorded else self._judge(row, person, taken)
            for row, key, person in zip(rows, keys, people, strict=True)
        ]

    def _taken(self, rows: Iterable[ReadRow]) -> set[str]:
        """Folded numbers in rows of new customers that are of units which somebody owns: one statement."""
        if self.shared == SharedRule.SEPARATE:
            return set()
        owned = owners_of(number for row in rows for number in row.record.identifiers.values())
        return {fold_identifier(number) for numbers in owned.values() for number in numbers}

    def _judge(self, row: ReadRow, person: Verdict, taken: set[str]) -> Verdict:
        line: SaleLine = row.record
        issue = person.issue or self._issue(line)
        if issue is None and person.record_id is None:
            named = (code for code, number in line.identifiers.items() if fold_identifier(number) in taken)
            issue = next((Issue(IssueKind.CONFLICT, "serial_known", f"{PREFIX}{code}") for code in named), None)
        if issue is not None:
            return Verdict(row, issue=issue)
        return Verdict(row)

    def _issue(self, line: SaleLine) -> Issue | None:
        if line.branch and line.branch not in self.branches:
            return Issue(IssueKind.CONFLICT, "unknown_branch", "branch")
        named = self.products.get(search_key(line.product), [])
        if len(named) != 1:
            return Issue(IssueKind.CONFLICT, "several_products" if named else "unknown_product", "product")
        product, on = named[0], line.bought_on or today()
        if not EARLIEST <= on <= today():
            return Issue(IssueKind.CONFLICT, "in_future" if on > today() else "long_ago", "date")
        price = line.price if line.price is not None else self._list_price(product, line)
        if price is None:
            return Issue(IssueKind.CONFLICT, "no_price", "price")
        if line.discount > price * line.quantity:
            return Issue(IssueKind.CONFLICT, "bad_discount", "discount")
        if not product.kind.makes_units:
            return None
        if line.quantity != 1:
            return Issue(IssueKind.CONFLICT, "one_unit_a_row", "quantity")
        return self._unit_issue(product, line)

    def _unit_issue(self, product: Product, line: SaleLine) -> Issue | None:
        try:
            read = read_identifiers(product.kind, line.identifiers)
        except DomainError as error:
            return Issue(IssueKind.CONFLICT, f"sale_{error.code}")
        taken = find_taken(product, read)
        if taken is None:
            return None
        if taken.unit.state == UnitState.IN_STOCK and taken.unit.product_id == product.pk and self._sees(taken):
            return None
        if not self._sees(taken):
            return Issue(IssueKind.CONFLICT, "unit_hidden")
        return Issue(IssueKind.CONFLICT, "unit_taken", data={"unit": taken.unit.number})

    def _sees(self, taken: UnitIdentifier) -> bool:
        return not isinstance(self.actor, User) or Unit.objects.visible_to(self.actor).filter(pk=taken.unit_id).exists()

    def write(self, verdicts: Sequence[Verdict]) -> list[Written]:
        """Record the sales; a buyer whom two rows name is written down once."""
        written: list[Written] = []
        made: dict[str, int] = {}
        for verdict in verdicts:
            if verdict.record_id is not None:
                written.append(Written(verdict.row.number, MODEL, verdict.record_id, None))
                continue
            customer, new = self._buyer(verdict.row, made)
            written += new
            written.append(self._sell(verdict.row, customer))
        return written

    def _sell(self, row: ReadRow, customer_id: int) -> Written:
        line: SaleLine = row.record
        product = self.products[search_key(line.product)][0]
        price = line.price if line.price is not None else self._list_price(product, line)
        assert price is not None
        newest = Unit.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        purchase = record_purchase(
            actor=self.actor,
            customer=Customer.objects.get(pk=customer_id),
            branch=self._branch(line),
            lines=[
                NewLine(
                    product=product,
                    identifiers=line.identifiers if product.kind.makes_units else None,
                    quantity=line.quantity,
                    unit_price=price,
                    discount=line.discount,
                    batch=line.batch,
                )
            ],
            bought_on=line.bought_on or today(),
            memo=line.memo,
            channel=SaleChannel.IMPORT,
            key=self._key(line),
        )
        units = [pk for pk in purchase.lines.values_list("unit_id", flat=True) if pk is not None and pk > newest]
        return Written(row.number, MODEL, purchase.pk, Outcome.CREATED, row.line_hash, {"units": units})

    def _buyer(self, row: ReadRow, made: dict[str, int]) -> tuple[int, list[Written]]:
        """The customer the row means, in the transaction in which the sale is written."""
        person: ReadRow = row.record.person
        names = person.keys or (f"line:{person.line_hash}",)
        for key in names:
            if key in made:
                return made[key], []
        (found,) = judge_customers([person], actor=self.actor, system=SYSTEM, shared=self.shared, branches={})
        if found.record_id is not None:
            return found.record_id, []
        writer = CustomerWriter(self.run, self.actor, self.branches, SYSTEM)
        written = [replace_counts(one) for one in writer.write([found])]
        pk = next(one.record_id for one in written if one.model == CUSTOMER)
        made |= dict.fromkeys(names, pk)
        return pk, written

    def _branch(self, line: SaleLine) -> Branch:
        return self.branches[line.branch] if line.branch else self.run.branch

    def _list_price(self, product: Product, line: SaleLine) -> Any:
        found = price_in_force(product, on=line.bought_on or today(), branch=self._branch(line))
        return found.amount if found is not None else None

    def _key(self, line: SaleLine) -> str:
        return f"import:{line.digest}"

    def undo(self, written: Sequence[ImportedRow]) -> dict[int, str]:
        """Take the sales back, and then the customers whom they brought."""
        sales = [row for row in written if row.model == MODEL]
        with transaction.atomic():
            left = forget_purchases(
                actor=self.actor, made={row.record_id: list((row.before or {}).get("units", ())) for row in sales}
            )
            kept = {row.pk: left[row.record_id] for row in sales if row.record_id in left}
            return kept | undo_customers(self.run, self.actor, [row for row in written if row.model != MODEL])


def replace_counts(written: Written) -> Written:
    """The same for the ledger, but not counted: the import counts its sales."""
    return replace(written, counts=False)


def open_sales(run: ImportRun, actor: Any) -> SalesWork:
    """The work for this import. Raises PermissionRefused."""
    return SalesWork(run, actor)
