"""On which clock a customer lives, and when they wish to be reached (E.5)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.records.customers.models import Customer


class ContactHours(models.Model):
    """What the customer said; there is no row for whoever said nothing. The hours are of their own clock."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="contact_hours")
    # IANA name; empty: read from the address, the number, the company.
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    # Both or none. Past midnight when it ends before it begins.
    earliest = models.TimeField(_("from"), null=True, blank=True)
    latest = models.TimeField(_("until"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(earliest__isnull=True, latest__isnull=True)
                | (Q(earliest__isnull=False, latest__isnull=False) & ~Q(earliest=F("latest"))),
                name="privacy_hours_are_a_span",
            ),
        ]

    def __str__(self) -> str:
        # Stands in the audit trail: names nobody.
        return f"{self.customer_id}"
