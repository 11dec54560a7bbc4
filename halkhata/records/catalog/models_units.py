"""A unit: one serial number and its life. Its identifiers, owners, readings, and the lines of what happened to it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.clock import now
from halkhata.records.catalog.choices import OWNERLESS, OwnedHow, UnitState


def unit_scope(user: User, path: str = "") -> Q:
    """The condition for rows with branch and writer that ``user`` may see; ``path`` leads to them ("unit__").

    Units are the branch's, as customers are: whoever stands at the counter must find what is brought back to it.
    """
    if not user.is_active:
        return Q(pk__in=[])
    if user.role.scope == Scope.ALL:
        return Q()
    own = Q(**{f"{path}created_by_id": user.pk})
    if user.role.scope == Scope.OWN:
        return own
    if user.role.scope == Scope.SUBTREE:
        return own | Q(**{f"{path}branch__path__startswith": user.branch.path})
    return own | Q(**{f"{path}branch_id": user.branch_id})


class UnitQuerySet(models.QuerySet["Unit"]):
    """Conditions on many units."""

    def visible_to(self, user: User) -> "UnitQuerySet":
        """Those of the branches in the user's record scope."""
        return self.filter(unit_scope(user))


class Unit(models.Model):
    """One piece of a product, known by its serial number, IMEI, chassis and engine number."""

    number = models.CharField(max_length=20, unique=True)
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="units")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="units", db_index=False)
    owner = models.ForeignKey(
        "customers.Customer",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="units",
        verbose_name=_("owner"),
        db_index=False,
    )
    state = models.CharField(max_length=10, choices=UnitState.choices, default=UnitState.IN_STOCK)
    sold_on = models.DateField(null=True, blank=True)
    # The maker's batch or lot, in capitals; NULL where nobody wrote it: the column came to a table that is never
    # rebuilt, because triggers of other tables name it.
    batch = models.CharField(_("batch"), max_length=40, null=True, blank=True)
    # Values of the fields that the kind asks for: colour, registration number … code -> text.
    extra = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=UnitState.values), name="catalog_unit_state"),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(OWNERLESS)) | Q(owner__isnull=True), name="catalog_stock_has_no_owner"
            ),
            models.CheckConstraint(
                condition=~Q(state=UnitState.SOLD) | Q(sold_on__isnull=False), name="catalog_sold_has_day"
            ),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="catalog_unit_recent"),
            models.Index(fields=["branch", "-updated_at", "-id"], name="catalog_unit_branch"),
            models.Index(fields=["state", "-updated_at", "-id"], name="catalog_unit_by_state"),
            models.Index(fields=["product", "-updated_at", "-id"], name="catalog_unit_by_product"),
            models.Index(fields=["owner"], condition=Q(owner__isnull=False), name="catalog_unit_owner"),
            models.Index(fields=["product", "batch"], condition=Q(batch__isnull=False), name="catalog_unit_by_batch"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(UnitState(self.state).label)


class UnitIdentifier(models.Model):
    """A number printed on the unit. ``product`` is the unit's, so that the database itself refuses a second one."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="identifiers", db_index=False)
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+", db_index=False)
    # Code of the kind's identifier: "serial", "imei1", "chassis".
    kind = models.CharField(max_length=30)
    # In which series the number is the only one: "imei" for both IMEIs of a phone, else the code.
    space = models.CharField(max_length=30)
    value = models.CharField(max_length=60)
    # Capital letters and ASCII digits only.
    folded = models.CharField(max_length=60)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind"], name="catalog_identifier_once_per_unit"),
            models.UniqueConstraint(fields=["product", "space", "folded"], name="catalog_identifier_once"),
            # An IMEI is the only one in the world, whatever model somebody chose by mistake.
            models.UniqueConstraint(fields=["folded"], condition=Q(space="imei"), name="catalog_imei_once"),
            models.CheckConstraint(condition=~Q(folded=""), name="catalog_identifier_not_empty"),
        ]
        indexes = [
            models.Index(fields=["folded"], opclasses=["text_pattern_ops"], name="catalog_identifier_prefix"),
        ]

    def __str__(self) -> str:
        return self.value


class Ownership(models.Model):
    """Whose the unit was, from when to when. At most one stands."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="ownerships", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="ownerships")
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    how = models.CharField(max_length=12, choices=OwnedHow.choices)
    # How the registered owner agreed to the transfer: "signed letter", "code by phone".
    consent = models.CharField(max_length=300, blank=True)
    purchase = models.ForeignKey(
        "catalog.Purchase", null=True, blank=True, on_delete=models.PROTECT, related_name="ownerships"
    )
    # The sale it came by was reversed: it was never the person's after all.
    is_undone = models.BooleanField(default=False)
    written_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-from_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(to_on__isnull=True), name="catalog_one_owner_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="catalog_owned_forwards"
            ),
            models.CheckConstraint(condition=Q(how__in=OwnedHow.values), name="catalog_owned_how"),
            models.CheckConstraint(
                condition=~Q(how=OwnedHow.TRANSFER) | ~Q(consent=""), name="catalog_transfer_has_consent"
            ),
            models.CheckConstraint(
                condition=Q(is_undone=False) | Q(to_on__isnull=False), name="catalog_undone_owner_has_end"
            ),
        ]
        indexes = [models.Index(fields=["unit", "-from_on", "-id"], name="catalog_owners_of_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.customer_id}"


class Reading(models.Model):
    """How far the unit had run on a day: kilometres, hours, cycles."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="readings", db_index=False)
    value = models.PositiveIntegerField(_("reading"))
    read_on = models.DateField()
    # "counter", "job", "api", "customer": who read it.
    source = models.CharField(max_length=20)
    # Below an earlier reading: the meter was changed, or somebody turned it back.
    went_back = models.BooleanField(default=False)
    written_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-read_on", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="catalog_reading_has_source")]
        indexes = [models.Index(fields=["unit", "-read_on", "-id"], name="catalog_readings_of_unit")]

    def __str__(self) -> str:
        return f"{self.value} ({self.read_on})"


class UnitLife(models.Model):
    """One line of a unit's life. Only added: the database refuses to change or remove it.

    Who acted is kept as id and name of that moment, without a key that could reach into it.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="life", db_index=False)
    at = models.DateTimeField()
    # A code for which an app registered a sentence in ``life_sentences``.
    verb = models.CharField(max_length=60)
    # Values for the sentence (JSON types): numbers and codes, never a person's name or number.
    data = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(verb=""), name="catalog_life_has_verb")]
        indexes = [models.Index(fields=["unit", "-at", "-id"], name="catalog_life_of_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.verb}"
