"""Customers (people), organizations, how to reach them, and what happened with them."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Language, Scope
from halkhata.foundation.accounts.models import Branch, Named, User
from halkhata.foundation.accounts.visibility import scope_condition
from halkhata.foundation.core.clock import now
from halkhata.records.customers.choices import AFTER_THE_NAME, ContactKind, Honorific, PreferredChannel, SearchKind
from halkhata.records.customers.shown_customers import note_shown


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Conditions on many organizations."""

    def visible_to(self, user: User) -> "OrganizationQuerySet":
        """Those of the user's branch (and of those under it, if the role reaches there), and those of no branch."""
        if not user.is_active:
            return self.none()
        if user.role.scope == Scope.ALL:
            return self
        inside = Q(branch_id=user.branch_id)
        if user.role.scope == Scope.SUBTREE:
            inside |= Q(branch__path__startswith=user.branch.path)
        return self.filter(inside | Q(branch__isnull=True))


class Organization(Named):
    """A company, school, mosque committee, dealer: something with people in it."""

    branch = models.ForeignKey(
        Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("branch")
    )
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(default=now)
    # Moved on by the services, so that back-dated records keep their place in the list.
    updated_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="customers_organization_has_name"),
        ]
        indexes = [models.Index(fields=["-updated_at", "-id"], name="customers_org_recent")]


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Conditions on many customers."""

    def active(self) -> "CustomerQuerySet":
        """Not merged into another."""
        return self.filter(merged_into__isnull=True)

    def visible_to(self, user: User) -> "CustomerQuerySet":
        """Customers in the user's record scope. Someone whose customer has no branch is everybody's."""
        return self.filter(customer_scope(user))


def customer_scope(user: User, path: str = "") -> Q:
    """The condition for customers ``user`` may see; ``path`` leads to them from another table ("customer__")."""
    mine = scope_condition(user, owner=f"{path}created_by", team=f"{path}home_team", branch=f"{path}branch")
    if user.role.scope == Scope.TEAM and user.is_active:
        # The customer book is the branch's: whoever stands at the counter must find who stands before it.
        mine |= Q(**{f"{path}branch_id": user.branch_id})
    # Or-ing an empty condition (scope "all") with another would leave only the other.
    if not user.is_active or user.role.scope == Scope.ALL:
        return mine
    return mine | Q(**{f"{path}branch__isnull": True})


class Customer(Named):
    """A person the shop deals with. May be nameless at first: a caller with nothing but a number."""

    honorific = models.CharField(_("title"), max_length=10, choices=Honorific.choices, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=Language.choices, default=Language.BENGALI)
    preferred_channel = models.CharField(
        _("preferred channel"), max_length=8, choices=PreferredChannel.choices, blank=True
    )
    preferred_hours = models.CharField(_("preferred hours"), max_length=80, blank=True)
    organization = models.ForeignKey(
        Organization,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="people",
        verbose_name=_("organization"),
        db_index=False,  # the indexes below begin with it
    )
    organization_role = models.CharField(_("role there"), max_length=80, blank=True)
    branch = models.ForeignKey(
        Branch,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="customers",
        verbose_name=_("branch"),
        db_index=False,
    )
    home_team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.TextField(_("note"), blank=True)
    # A merged customer stays as an alias: old links and numbers lead on to the survivor.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="aliases", db_index=False
    )
    created_at = models.DateTimeField(default=now)
    # Moved on by the services, so that back-dated records keep their place in the list.
    updated_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="customers_not_merged_into_self"
            ),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], condition=Q(merged_into__isnull=True), name="customers_recent"),
            # Since when somebody is a customer: segments follow its edge each night.
            models.Index(fields=["created_at"], condition=Q(merged_into__isnull=True), name="customers_since"),
            models.Index(fields=["branch", "-updated_at", "-id"], name="customers_branch_recent"),
            models.Index(
                fields=["language", "-updated_at", "-id"],
                condition=Q(merged_into__isnull=True),
                name="customers_language_recent",
            ),
            models.Index(fields=["organization", "-updated_at", "-id"], name="customers_org_people"),
            # Aliases only: over all rows SQLite would take "is null" for a good start and sort a million rows.
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="customers_aliases"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Customer without a name"))

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        """As Django makes it; noted for the last door, which hides what is private of whoever is shown."""
        row = super().from_db(*args, **kwargs)
        note_shown(row.pk)
        return row

    @property
    def addressed_as(self) -> str:
        """Title and name, as a letter or page addresses the person in the active language (so it is never kept)."""
        if not self.honorific:
            return str(self)
        title = str(Honorific(self.honorific).label)
        # Kinship follows the name, as people say it: "Rahim Bhai", "রহিমা আপা".
        return f"{self} {title}" if self.honorific in AFTER_THE_NAME else f"{title} {self}"


class ContactPoint(models.Model):
    """A phone number or an e-mail address, as typed and in its canonical form (E.164, lower-case address)."""

    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="contact_points", db_index=False
    )
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.CASCADE, related_name="contact_points", db_index=False
    )
    kind = models.CharField(max_length=8, choices=ContactKind.choices)
    typed = models.CharField(max_length=254)
    value = models.CharField(max_length=254)
    # Whose it is: "wife", "shop", "ভাই".
    label = models.CharField(max_length=60, blank=True)
    is_primary = models.BooleanField(default=False)
    # Whose number it is when a family shares it: one person at a time (A56.3). The others may use it, too.
    is_owner = models.BooleanField(default=False, db_default=False)
    # A closed block, a bounced address: kept, not used.
    is_reachable = models.BooleanField(default=True)
    unreachable_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=now)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-is_primary", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(customer__isnull=False, organization__isnull=True)
                | Q(customer__isnull=True, organization__isnull=False),
                name="customers_contact_has_one_holder",
            ),
            models.CheckConstraint(condition=Q(kind__in=ContactKind.values), name="customers_contact_kind"),
            models.CheckConstraint(
                condition=~Q(kind="phone") | Q(value__startswith="+"), name="customers_phone_is_e164"
            ),
            models.UniqueConstraint(fields=["customer", "kind", "value"], name="customers_contact_once_per_customer"),
            models.UniqueConstraint(fields=["organization", "kind", "value"], name="customers_contact_once_per_org"),
            models.UniqueConstraint(
                fields=["kind", "value"],
                condition=Q(is_owner=True, customer__isnull=False),
                name="customers_contact_one_owner",
            ),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="customers_contact_value")]

    def __str__(self) -> str:
        return self.value


class Address(models.Model):
    """Where a customer lives. What the country pack knows has its code beside the text; other countries have text."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    line = models.CharField(_("house, road, village"), max_length=200, blank=True)
    landmark = models.CharField(_("landmark"), max_length=120, blank=True)
    upazila = models.CharField(_("upazila or thana"), max_length=80, blank=True)
    district = models.CharField(_("district"), max_length=80, blank=True)
    post_code = models.CharField(_("post code"), max_length=12, blank=True)
    country = models.CharField(_("country"), max_length=2, default="BD")
    # Codes of the country pack (country_packs): "" when the text is in no list.
    district_code = models.CharField(max_length=12, blank=True, default="", db_default="")
    upazila_code = models.CharField(max_length=40, blank=True, default="", db_default="")
    is_demo = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["district_code", "upazila_code", "customer"],
                condition=~Q(district_code=""),
                name="customers_address_place",
            )
        ]

    def __str__(self) -> str:
        return ", ".join(
            part for part in (self.line, self.landmark, self.upazila, self.district, self.post_code) if part
        )


class SearchKey(models.Model):
    """One key under which a customer is found: a word of the name, its sound, a phone's digits, its tail reversed.

    All look-ups are prefix matches on one B-tree, so the box answers at a million customers without a scan.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="search_keys")
    kind = models.CharField(max_length=6, choices=SearchKind.choices)
    key = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key", "customer"], name="customers_search_key_once")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


class OrganizationKey(models.Model):
    """The same for organizations; a table of its own keeps the customers' index narrow."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="search_keys")
    kind = models.CharField(max_length=6, choices=SearchKind.choices)
    key = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "organization"], name="customers_organization_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


class Activity(models.Model):
    """One line of a customer's timeline. Written by whoever acted, in the same transaction."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="activities", db_index=False)
    at = models.DateTimeField()
    # What happened, as a code the timeline turns into a sentence in the reader's language ("ticket.opened").
    verb = models.CharField(max_length=60)
    # Values for the sentence: number, subject, channel. Never a whole message.
    data = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["customer", "-at", "-id"], name="customers_activity_line")]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d}"


# Parts of this app that stand in files of their own; imported last, for they point at the models above.
from halkhata.records.customers.models_fields import CustomerTag, CustomerValue  # noqa: E402
from halkhata.records.customers.models_identity import (  # noqa: E402
    CustomerAlias,
    ExternalId,
    Household,
    HouseholdMember,
    OrganizationText,
    SearchText,
)
from halkhata.records.customers.models_merging import (  # noqa: E402
    CustomerMerge,
    DuplicatePair,
    DuplicateSearch,
    MergedRows,
    PairState,
)

__all__ = [
    "Activity",
    "Address",
    "ContactPoint",
    "Customer",
    "CustomerAlias",
    "CustomerMerge",
    "CustomerQuerySet",
    "CustomerTag",
    "CustomerValue",
    "DuplicatePair",
    "DuplicateSearch",
    "ExternalId",
    "Household",
    "HouseholdMember",
    "MergedRows",
    "Organization",
    "OrganizationKey",
    "OrganizationQuerySet",
    "OrganizationText",
    "PairState",
    "SearchKey",
    "SearchText",
    "customer_scope",
]
