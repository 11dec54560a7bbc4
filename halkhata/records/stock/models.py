"""Where goods are: places, an append-only double-entry ledger of movements, and what the database makes of it.

Nobody writes ``Balance`` and ``UnitPosition`` but the trigger of the ledger (ledger_rules.py): they cannot differ.
"""

from typing import Self

from django.db import models
from django.db.models import F, Q

from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import Branch, Named, User
from halkhata.records.catalog.models import Product, Unit
from halkhata.records.stock.choices import Condition, MoveReason, PlaceKind


class PlaceQuerySet(models.QuerySet["Place"]):
    """Conditions on many places."""

    def visible_to(self, user: User) -> Self:
        """Those of branches inside the user's record scope; the own branch's for whoever sees own or team records."""
        return self.filter(branch_condition(user))


def branch_condition(user: User, branch: str = "branch") -> Q:
    """Rows of the branches a user may see: goods have no owner and no team, so the own branch is the least."""
    if not user.is_active:
        return Q(pk__in=[])
    if user.role.scope == Scope.ALL:
        return Q()
    if user.role.scope == Scope.SUBTREE:
        return Q(**{f"{branch}__path__startswith": user.branch.path})
    return Q(**{f"{branch}_id": user.branch_id})


class Place(Named):
    """A place of a branch where goods can be, or a name for where they went."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="places")
    kind = models.CharField(max_length=12, choices=PlaceKind.choices)
    is_demo = models.BooleanField(default=False)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["branch__path", "id"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "kind"], name="stock_place_once"),
            models.CheckConstraint(condition=Q(kind__in=PlaceKind.values), name="stock_place_kind"),
        ]


class MovementQuerySet(models.QuerySet["Movement"]):
    """Conditions on many movements."""

    def visible_to(self, user: User) -> Self:
        """Those from or to a branch inside the user's record scope."""
        return self.filter(branch_condition(user, "from_place__branch") | branch_condition(user, "to_place__branch"))


class Movement(models.Model):
    """Goods went from one place to another, or changed their condition where they lie. Append-only."""

    at = models.DateTimeField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    # One serial number; none for goods that are only counted.
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="movements")
    quantity = models.PositiveIntegerField(default=1)
    from_place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    to_place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    from_condition = models.CharField(max_length=10, choices=Condition.choices)
    to_condition = models.CharField(max_length=10, choices=Condition.choices)
    reason = models.CharField(max_length=14, choices=MoveReason.choices)
    # The number of what it belongs to: a return (E-1004), a parcel, a sale.
    ref = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=300, blank=True)
    moved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_demo = models.BooleanField(default=False)

    objects = MovementQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="stock_movement_moves_something"),
            models.CheckConstraint(condition=Q(unit__isnull=True) | Q(quantity=1), name="stock_movement_one_serial"),
            models.CheckConstraint(
                condition=~Q(from_place=F("to_place")) | ~Q(from_condition=F("to_condition")),
                name="stock_movement_goes_somewhere",
            ),
            models.CheckConstraint(condition=Q(reason__in=MoveReason.values), name="stock_movement_reason"),
            models.CheckConstraint(
                condition=Q(from_condition__in=Condition.values, to_condition__in=Condition.values),
                name="stock_movement_condition",
            ),
            # A parcel comes in once.
            models.UniqueConstraint(
                fields=["ref"], condition=Q(reason="receive") & ~Q(ref=""), name="stock_received_once"
            ),
        ]
        indexes = [
            models.Index(fields=["ref", "id"], condition=~Q(ref=""), name="stock_movement_ref"),
            models.Index(fields=["to_place", "-id"], name="stock_movement_to"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.quantity} {self.reason}"


class Balance(models.Model):
    """How many of a product lie at a place in a condition. Written by the ledger's trigger alone."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="balances")
    condition = models.CharField(max_length=10, choices=Condition.choices)
    quantity = models.IntegerField(default=0)
    # The place goods come from: what it gave stands there as less than nothing, so that everything sums up to nothing.
    is_source = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "place", "condition"], name="stock_balance_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0) | Q(is_source=True), name="stock_balance_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.place_id} {self.condition}: {self.quantity}"


class UnitPosition(models.Model):
    """Where one serial number is: at one place. Written by the ledger's trigger alone."""

    unit = models.OneToOneField(Unit, primary_key=True, on_delete=models.PROTECT, related_name="position")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="positions")
    condition = models.CharField(max_length=10, choices=Condition.choices)
    since = models.DateTimeField()
    movement = models.OneToOneField(Movement, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["place", "since"], name="stock_position_age")]

    def __str__(self) -> str:
        return f"{self.unit_id} at {self.place_id}"
