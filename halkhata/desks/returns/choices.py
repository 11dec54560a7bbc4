"""Closed lists of the returns desk."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import Side, StateFlag


class Stage(models.TextChoices):
    """States of a return (A58.2)."""

    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    IN_TRANSIT = "in_transit", _("On its way to us")
    RECEIVED = "received", _("Received")
    INSPECTING = "inspecting", _("Being inspected")
    DECIDED = "decided", _("Decided")
    REFUND = "refund", _("Money is given back")
    STORE_CREDIT = "store_credit", _("Store credit is given")
    REPLACEMENT = "replacement", _("It is replaced")
    REPAIR = "repair", _("It is repaired")
    SENT_BACK = "sent_back", _("It is sent back")
    CLOSED = "closed", _("Closed")


SETTLING = (Stage.REFUND, Stage.STORE_CREDIT, Stage.REPLACEMENT, Stage.REPAIR, Stage.SENT_BACK)
# No goods are on their way to us or with us, and nothing is owed.
OVER = (Stage.REJECTED, Stage.CLOSED)

# Closed is final. Out of "Rejected" leads an appeal that was granted. The database has the same table in a trigger.
TRANSITIONS: dict[Stage, tuple[Stage, ...]] = {
    Stage.REQUESTED: (Stage.APPROVED, Stage.REJECTED, Stage.CLOSED),
    Stage.REJECTED: (Stage.APPROVED, Stage.CLOSED),
    # To "Decided" only where the goods never come (is_instant); "Closed": the customer keeps it after all.
    Stage.APPROVED: (Stage.IN_TRANSIT, Stage.RECEIVED, Stage.DECIDED, Stage.CLOSED),
    Stage.IN_TRANSIT: (Stage.RECEIVED, Stage.CLOSED),
    Stage.RECEIVED: (Stage.INSPECTING,),
    Stage.INSPECTING: (Stage.DECIDED,),
    Stage.DECIDED: SETTLING,
    **dict.fromkeys(SETTLING, (Stage.CLOSED,)),
    Stage.CLOSED: (),
}

FLAG_OF_STAGE: dict[str, StateFlag] = {
    Stage.APPROVED: StateFlag.PAUSED,
    Stage.IN_TRANSIT: StateFlag.PAUSED,
    Stage.REJECTED: StateFlag.RESOLVED,
    Stage.CLOSED: StateFlag.RESOLVED,
}
# Whose time it is while a return is there; what is not named is ours.
SIDE_OF_STAGE: dict[str, Side] = {Stage.APPROVED: Side.CUSTOMER, Stage.IN_TRANSIT: Side.CUSTOMER}


class Outcome(models.TextChoices):
    """What a return came to. The first five are also the stage in which it is carried out."""

    REFUND = "refund", _("Money back")
    STORE_CREDIT = "store_credit", _("Store credit")
    REPLACEMENT = "replacement", _("Replacement")
    REPAIR = "repair", _("Repair")
    SENT_BACK = "sent_back", _("Sent back as it was")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn by the customer")


WISHES = (Outcome.REFUND, Outcome.STORE_CREDIT, Outcome.REPLACEMENT, Outcome.REPAIR)


class Reason(models.TextChoices):
    """Why something is given back."""

    DEFECT = "defect", _("It has a fault")
    DEAD_ON_ARRIVAL = "dead_on_arrival", _("It did not work from the first day")
    DAMAGED = "damaged", _("It was damaged when it came")
    WRONG_ITEM = "wrong_item", _("It is not what was ordered")
    NOT_AS_DESCRIBED = "not_as_described", _("It is not as described")
    INCOMPLETE = "incomplete", _("Something was missing in the box")
    NOT_DELIVERED = "not_delivered", _("It was paid for but never came")
    CHANGED_MIND = "changed_mind", _("The customer changed their mind")
    OTHER = "other", _("Other")


# Our fault or the maker's: no fee is taken.
NOT_THE_CUSTOMERS_FAULT = frozenset(
    {
        Reason.DEFECT, Reason.DEAD_ON_ARRIVAL, Reason.DAMAGED, Reason.WRONG_ITEM, Reason.NOT_AS_DESCRIBED,
        Reason.INCOMPLETE, Reason.NOT_DELIVERED,
    }
)  # fmt: skip


class Grade(models.TextChoices):
    """In what state the goods came back (A58.5)."""

    A = "a", _("A: like new")
    B = "b", _("B: small marks of use")
    C = "c", _("C: clearly used or incomplete")
    D = "d", _("D: broken")


class PayMethod(models.TextChoices):
    """How money changes hands."""

    CASH = "cash", _("Cash")
    CARD = "card", _("Card")
    MOBILE = "mobile", _("Mobile wallet")
    BANK = "bank", _("Bank transfer")
    INSTALMENT = "instalment", _("Instalment plan")


class PolicyChannel(models.TextChoices):
    """For sales by which door a policy holds; "" for all. The codes are those of sales."""

    COUNTER = "counter", _("Sold at the counter")
    API = "api", _("Sold online")
    IMPORT = "import", _("From imported lists")


class FileStep(models.TextChoices):
    """At which step a photo was taken."""

    REQUEST = "request", _("With the request")
    RECEIPT = "receipt", _("At the receipt")
    INSPECTION = "inspection", _("At the inspection")


class ParcelState(models.TextChoices):
    """States of a parcel that came without a return number."""

    WAITING = "waiting", _("Nobody knows whose it is")
    MATCHED = "matched", _("Matched with a return")
    GONE = "gone", _("Sent back or handed over")


# Days within which money must be back, by country: for Bangladesh the Digital Commerce Operation Guidelines 2021.
REFUND_DAYS_OF_COUNTRY = {"BD": 10}
REFUND_DAYS_ELSEWHERE = 14


class DepositKind(models.TextChoices):
    """What a policy asks for when the replacement is handed over before the old piece is back (A58.10)."""

    NONE = "none", _("Without a deposit")
    FIXED = "fixed", _("A fixed deposit")
    PERCENT = "percent", _("A deposit in per cent of the price")


class AdvanceState(models.TextChoices):
    """Where the old piece of a replacement given in advance is."""

    WAITING = "waiting", _("The old piece is awaited")
    CAME = "came", _("The old piece came")
    MISSED = "missed", _("The old piece did not come")


class EntryKind(models.TextChoices):
    """Lines of the little ledger of a deposit."""

    TAKEN = "taken", _("Deposit taken")
    RETURNED = "returned", _("Deposit given back")
    KEPT = "kept", _("Deposit kept")


# A deposit is money in the hand: no plan of instalments takes or gives it.
DEPOSIT_METHODS = (PayMethod.CASH, PayMethod.CARD, PayMethod.MOBILE, PayMethod.BANK)


class Advanced(models.TextChoices):
    """What happened to a replacement given in advance; the customer is told."""

    HANDED = "handed", _("Handed over before the old piece is back")
    SOON = "soon", _("The last day for the old piece comes near")
    LATE = "late", _("The old piece did not come in time")
    MORE_DAYS = "more_days", _("More days were given")
    BACK = "back", _("Deposit given back")
    KEPT = "kept", _("Deposit kept")
    MISSED = "missed", _("The old piece is not waited for any more")
