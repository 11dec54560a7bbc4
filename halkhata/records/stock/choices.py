"""Closed lists of the stock ledger."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlaceKind(models.TextChoices):
    """What a place is; each branch has at most one of a kind."""

    SHOP = "shop", _("Shop")
    RETURNS = "returns", _("Returned goods")
    QUARANTINE = "quarantine", _("Quarantine")
    WORKSHOP = "workshop", _("Workshop")
    CUSTOMER = "customer", _("With customers")
    MANUFACTURER = "manufacturer", _("With the manufacturer")
    # Where goods come from: the one place whose balance goes below zero.
    SUPPLIER = "supplier", _("Supplier")
    SCRAP = "scrap", _("Scrap")
    OUTLET = "outlet", _("Sold on or given away")


# Goods lie here in our hands and wait for somebody to decide.
WAITING_KINDS = (PlaceKind.RETURNS, PlaceKind.QUARANTINE, PlaceKind.WORKSHOP)

PLACE_NAMES: dict[str, tuple[str, str]] = {
    PlaceKind.SHOP: ("দোকান", "Shop"),
    PlaceKind.RETURNS: ("ফেরত পণ্যের জায়গা", "Returned goods"),
    PlaceKind.QUARANTINE: ("আলাদা করে রাখা", "Quarantine"),
    PlaceKind.WORKSHOP: ("ওয়ার্কশপ", "Workshop"),
    PlaceKind.CUSTOMER: ("গ্রাহকের কাছে", "With customers"),
    PlaceKind.MANUFACTURER: ("কোম্পানির কাছে", "With the manufacturer"),
    PlaceKind.SUPPLIER: ("সরবরাহকারী", "Supplier"),
    PlaceKind.SCRAP: ("বাতিল", "Scrap"),
    PlaceKind.OUTLET: ("অন্যত্র বিক্রি বা দান", "Sold on or given away"),
}


class Condition(models.TextChoices):
    """In what condition goods are."""

    NEW = "new", _("New")
    USED = "used", _("In use")
    UNCHECKED = "unchecked", _("Not inspected yet")
    GRADE_A = "grade_a", _("A: like new")
    GRADE_B = "grade_b", _("B: small marks of use")
    GRADE_C = "grade_c", _("C: clearly used or incomplete")
    GRADE_D = "grade_d", _("D: broken")


GRADED = (Condition.GRADE_A, Condition.GRADE_B, Condition.GRADE_C, Condition.GRADE_D)


class MoveReason(models.TextChoices):
    """Why goods moved."""

    OPENING = "opening", _("Came from the supplier")
    SALE = "sale", _("Sold")
    SALE_REVERSED = "sale_reversed", _("Sale taken back")
    RECEIVE = "receive", _("Return received")
    ARRIVED = "arrived", _("Parcel without a return number")
    MATCHED = "matched", _("Parcel matched with its return")
    INSPECT = "inspect", _("Inspected")
    REPLACEMENT = "replacement", _("Given in replacement")
    SENT_BACK = "sent_back", _("Sent back to the customer")
    # What becomes of returned goods (A58.6).
    RELEASE = "release", _("Back to the shelf")
    USE_AS_IS = "use_as_is", _("To the shelf as it is")
    REWORK = "rework", _("Put in order")
    REPAIR = "repair", _("Repair")
    VENDOR = "vendor", _("Back to the company")
    EXCHANGE = "exchange", _("Exchanged by the company")
    SALVAGE = "salvage", _("Taken apart for its parts")
    SOLD_ON = "sold_on", _("Sold on to a dealer of used goods")
    DONATE = "donate", _("Given away")
    SCRAP = "scrap", _("Scrapped")
    # From workshop or company back among the returned goods, to be inspected again.
    BACK = "back", _("Came back to be inspected")


# The only ways from among the returned goods to the shelf.
RELEASES = (MoveReason.RELEASE, MoveReason.USE_AS_IS)
