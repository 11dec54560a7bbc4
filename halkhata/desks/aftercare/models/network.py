"""Service centres: who serves which brands where (A53.13)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, Named, in_reader_language
from halkhata.records.catalog.models import Brand, ProductKind
from halkhata.records.customers.country_packs import place_name


class ServiceCentre(Named):
    """One centre of the network, the shop's own or a partner's. Without brands or kinds it serves them all."""

    branch = models.ForeignKey(
        Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("our own branch")
    )
    brands = models.ManyToManyField(Brand, blank=True, related_name="+")
    kinds = models.ManyToManyField(ProductKind, blank=True, related_name="+")
    address_bn = models.CharField(_("address in Bengali"), max_length=200, blank=True)
    address_en = models.CharField(_("address in English"), max_length=200, blank=True)
    upazila = models.CharField(_("upazila or thana"), max_length=80, blank=True)
    district = models.CharField(_("district"), max_length=80)
    country = models.CharField(max_length=2, default="BD")
    # Codes of the country pack, read from the names; "" where they are in no list.
    upazila_code = models.CharField(max_length=40, blank=True)
    district_code = models.CharField(max_length=12, blank=True)
    division_code = models.CharField(max_length=12, blank=True)
    phone = models.CharField(_("phone"), max_length=20)
    hours_bn = models.CharField(_("opening hours in Bengali"), max_length=120, blank=True)
    hours_en = models.CharField(_("opening hours in English"), max_length=120, blank=True)
    # Units a day.
    capacity = models.PositiveSmallIntegerField(_("units a day"), null=True, blank=True)
    is_public = models.BooleanField(_("shown to customers"), default=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["district", "upazila", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="aftercare_centre_has_name"),
            models.CheckConstraint(condition=~Q(phone="") & ~Q(district=""), name="aftercare_centre_can_be_found"),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gte=1, capacity__lte=1000),
                name="aftercare_centre_capacity",
            ),
        ]
        indexes = [
            models.Index(fields=["district_code"], condition=Q(is_active=True), name="aftercare_centre_district"),
        ]

    @property
    def address(self) -> str:
        """The address in the reader's language."""
        return in_reader_language(self.address_bn, self.address_en)

    @property
    def hours(self) -> str:
        """The opening hours in the reader's language."""
        return in_reader_language(self.hours_bn, self.hours_en)

    @property
    def place(self) -> str:
        """Upazila and district: in the reader's language where the pack of the country knows them, else as typed."""
        language = get_language() or "bn"
        upazila = place_name(self.country, self.upazila_code, language) or self.upazila
        district = place_name(self.country, self.district_code, language) or self.district
        return ", ".join(filter(None, (upazila, district)))
