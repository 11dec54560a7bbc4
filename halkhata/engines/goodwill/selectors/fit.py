"""Does the customer's record fit? Goodwill is for those who stay (US-53 AC 2)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from halkhata.engines.goodwill.models import GoodwillRules
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.formatting import show_digits
from halkhata.foundation.core.reader import current_reader
from halkhata.records.catalog.days import day_of
from halkhata.records.catalog.models import Purchase
from halkhata.records.customers.models import Customer

YEAR = timedelta(days=365)
COMPLAINTS = ("complaint",)


@dataclass(frozen=True)
class Fit:
    """What the record says. ``fits``: goodwill is suggested; it may be given without, with the reason said."""

    years: int
    purchases: int
    complaints: int
    fits: bool

    @property
    def reasons(self) -> list[str]:
        """The record in words, in the reader's language."""
        digits = current_reader().digits
        return [
            _("Customer for %(years)s years") % {"years": show_digits(str(self.years), digits=digits)},
            _("%(count)s purchases") % {"count": show_digits(str(self.purchases), digits=digits)},
            _("%(count)s complaints within a year") % {"count": show_digits(str(self.complaints), digits=digits)},
        ]

    def as_values(self) -> dict[str, Any]:
        """As it is kept beside what was given."""
        return {
            "fits": self.fits, "years": self.years, "purchases": self.purchases, "complaints": self.complaints,
        }  # fmt: skip


def goodwill_rules() -> GoodwillRules:
    """The rules that hold; the starting ones while nobody has changed any."""
    return GoodwillRules.objects.filter(pk=1).first() or GoodwillRules()


def fit_of(customer: Customer) -> Fit:
    """The record of a customer against the shop's rules: four queries."""
    rules, at = goodwill_rules(), now()
    sales = list(
        Purchase.objects.standing().filter(customer=customer).order_by("bought_on").values_list("bought_on", flat=True)
    )
    since = min([day_of(customer.created_at), *sales[:1]])
    years = max(0, (day_of(at) - since).days // 365)
    complaints = WorkItem.objects.filter(customer=customer, kind__in=COMPLAINTS, opened_at__gt=at - YEAR).count()
    fits = years >= rules.min_years and len(sales) >= rules.min_purchases and complaints <= rules.max_complaints
    return Fit(years=years, purchases=len(sales), complaints=complaints, fits=fits)
