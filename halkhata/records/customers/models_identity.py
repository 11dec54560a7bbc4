"""One identity of a person: family, former names and numbers, ids in other systems, and the text one is found by."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.clock import now
from halkhata.records.customers.choices import AliasKind, Relation

# The customers' own module imports this one at its end, so both are named and not imported.
CUSTOMER, ORGANIZATION = "customers.Customer", "customers.Organization"


class Household(models.Model):
    """People who live together and may share a telephone (A56.3)."""

    name = models.CharField(_("name of the household"), max_length=120, blank=True)
    created_at = models.DateTimeField(default=now)
    is_demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name or str(_("Household"))


class HouseholdMember(models.Model):
    """One person of a household. Nobody belongs to two."""

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="members")
    customer = models.ForeignKey(CUSTOMER, on_delete=models.CASCADE, related_name="households", db_index=False)
    relation = models.CharField(_("who it is"), max_length=10, choices=Relation.choices, blank=True)
    created_at = models.DateTimeField(default=now)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["customer"], name="customers_one_household_each"),
            models.CheckConstraint(condition=Q(relation__in=["", *Relation.values]), name="customers_relation"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.household_id}"


class ExternalId(models.Model):
    """What another system (the old shop program, a courier, a spreadsheet) calls this customer."""

    customer = models.ForeignKey(CUSTOMER, on_delete=models.CASCADE, related_name="external_ids")
    system = models.CharField(_("system"), max_length=40)
    value = models.CharField(_("id there"), max_length=120)
    # As compared (services.external_ids.id_key): "AB-01" and "ab 01" of one system are one id.
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=now)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["system", "id"]
        constraints = [
            models.UniqueConstraint(fields=["system", "key"], name="customers_external_id_once"),
            models.CheckConstraint(condition=~Q(system="") & ~Q(key=""), name="customers_external_id_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.system}:{self.value}"


class CustomerAlias(models.Model):
    """What a customer was called or reached by before: whoever asks by it is led to who it is today."""

    customer = models.ForeignKey(CUSTOMER, on_delete=models.CASCADE, related_name="former", db_index=False)
    kind = models.CharField(max_length=8, choices=AliasKind.choices)
    value = models.CharField(max_length=254)
    # Folded name, E.164 or normalised address.
    key = models.CharField(max_length=254)
    until_at = models.DateTimeField(default=now)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-until_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "key"], name="customers_alias_once"),
            models.CheckConstraint(condition=Q(kind__in=AliasKind.values), name="customers_alias_kind"),
        ]
        indexes = [models.Index(fields=["kind", "key"], name="customers_alias_key")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class SearchText(models.Model):
    """All a customer is found by in one folded text: any part of it finds the customer (A56.19)."""

    customer = models.OneToOneField(CUSTOMER, primary_key=True, on_delete=models.CASCADE, related_name="search_text")
    text = models.TextField()
    # Where the customer stands in a list by name, for who reads Bengali and for who reads English (core.bengali_order).
    order_bn = models.BinaryField(default=b"", db_default=b"")
    order_en = models.BinaryField(default=b"", db_default=b"")

    class Meta:
        indexes = [
            models.Index(fields=["order_bn", "customer"], name="customers_by_name_bn"),
            models.Index(fields=["order_en", "customer"], name="customers_by_name_en"),
        ]

    def __str__(self) -> str:
        return f"text of {self.customer_id}"


class OrganizationText(models.Model):
    """The same for organizations."""

    organization = models.OneToOneField(
        ORGANIZATION, primary_key=True, on_delete=models.CASCADE, related_name="search_text"
    )
    text = models.TextField()

    def __str__(self) -> str:
        return f"text of {self.organization_id}"
