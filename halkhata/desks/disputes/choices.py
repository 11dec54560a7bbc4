"""Closed lists of the dispute desk."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import Side, StateFlag

KIND, PREFIX = "dispute", "D"
# Planned work: the customer hears from us by then (A60.2). Its numbers run with those of the other planned calls.
NEWS, NEWS_PREFIX = "dispute_news", "F"


class DisputeState(models.TextChoices):
    """Where a dispute stands (A60)."""

    OPENED = "opened", _("Opened")
    EVIDENCE = "evidence", _("Evidence is gathered")
    UNDER_REVIEW = "under_review", _("Under review")
    DECIDED = "decided", _("Decided")
    REMEDY = "remedy", _("Remedy under way")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SETTLED = "settled", _("Settled by an offer")
    APPEALED = "appealed", _("Appealed")


# The database refuses every other step (guards.py).
TRANSITIONS: dict[DisputeState, frozenset[DisputeState]] = {
    DisputeState.OPENED: frozenset({DisputeState.EVIDENCE, DisputeState.WITHDRAWN, DisputeState.SETTLED}),
    DisputeState.EVIDENCE: frozenset({DisputeState.UNDER_REVIEW, DisputeState.WITHDRAWN, DisputeState.SETTLED}),
    DisputeState.UNDER_REVIEW: frozenset(
        {DisputeState.EVIDENCE, DisputeState.DECIDED, DisputeState.WITHDRAWN, DisputeState.SETTLED}
    ),
    DisputeState.DECIDED: frozenset({DisputeState.REMEDY, DisputeState.CLOSED, DisputeState.APPEALED}),
    DisputeState.REMEDY: frozenset({DisputeState.CLOSED, DisputeState.APPEALED}),
    DisputeState.SETTLED: frozenset({DisputeState.CLOSED}),
    DisputeState.APPEALED: frozenset({DisputeState.UNDER_REVIEW, DisputeState.WITHDRAWN, DisputeState.SETTLED}),
    # An appeal is heard as long as its days last, also when everything was executed meanwhile.
    DisputeState.CLOSED: frozenset({DisputeState.APPEALED}),
    DisputeState.WITHDRAWN: frozenset(),
}

FLAG_OF_STATE: dict[DisputeState, StateFlag] = {
    state: StateFlag.RESOLVED if state in {DisputeState.CLOSED, DisputeState.WITHDRAWN} else StateFlag.OPEN
    for state in DisputeState
}
SIDE_OF_STATE: dict[str, Side] = {}

# Still argued about: evidence may come, a panel may be chosen, an offer made.
ARGUED = (DisputeState.OPENED, DisputeState.EVIDENCE, DisputeState.UNDER_REVIEW, DisputeState.APPEALED)
# The file still grows; from the review on it is locked.
GROWS = (DisputeState.OPENED, DisputeState.EVIDENCE, DisputeState.APPEALED)
ENDED = (DisputeState.CLOSED, DisputeState.WITHDRAWN)


class Ground(models.TextChoices):
    """What it is about. Also the root cause that a decision names."""

    PRODUCT_DEFECT = "product_defect", _("Fault in the product")
    WARRANTY_REFUSED = "warranty_refused", _("Warranty was refused")
    REPAIR_QUALITY = "repair_quality", _("Repair not done well")
    DELAY = "delay", _("It took too long")
    RETURN_REFUSED = "return_refused", _("Return or money back was refused")
    PRICE_OR_BILL = "price_or_bill", _("Price, bill or instalment")
    DELIVERY = "delivery", _("Delivery, or something missing")
    WRONG_INFORMATION = "wrong_information", _("Wrong information given")
    BEHAVIOUR = "behaviour", _("Behaviour of staff")
    OTHER = "other", _("Other")


class RemedyKind(models.TextChoices):
    """What is asked for, offered or decided."""

    REPAIR = "repair", _("Repair free of charge")
    REPLACE = "replace", _("Another piece")
    REFUND = "refund", _("Money back")
    PART_REFUND = "part_refund", _("Part of the money back")
    COMPENSATION = "compensation", _("Compensation")
    APOLOGY = "apology", _("Apology and explanation")
    SERVICE = "service", _("Free service or longer warranty")
    NONE = "none", _("No remedy")
    OTHER = "other", _("Other")


# Remedies that name an amount of money.
WITH_AMOUNT = frozenset({RemedyKind.REFUND, RemedyKind.PART_REFUND, RemedyKind.COMPENSATION})


class Finding(models.TextChoices):
    """What the panel found."""

    UPHELD = "upheld", _("The customer is right")
    PARTLY = "partly", _("The customer is partly right")
    REJECTED = "rejected", _("The complaint is not upheld")


class EvidenceKind(models.TextChoices):
    """What a line of the file is."""

    STATEMENT = "statement", _("Statement")
    MESSAGE = "message", _("Message")
    CALL = "call", _("Call")
    FILE = "file", _("File or photo")
    RECORD = "record", _("Record")
    SHEET = "sheet", _("Job or return sheet")
    PURCHASE = "purchase", _("Memo or invoice")
    UNIT = "unit", _("Life of the unit")


class Party(models.TextChoices):
    """From whose side it came."""

    HOUSE = "house", _("The shop")
    CUSTOMER = "customer", _("The customer")


class FactCode(models.TextChoices):
    """Lines of the checklist of facts (US-27)."""

    MEMO = "memo", _("Memo or invoice")
    SERIAL = "serial", _("Serial number or its photo")
    JOB_CARDS = "job_cards", _("Job or return sheets")
    CHATS = "chats", _("Messages")
    CALLS = "calls", _("Calls")
    CUSTOMER_STATEMENT = "customer_statement", _("Statement of the customer")
    HOUSE_STATEMENT = "house_statement", _("Statement of the shop")


class MemberState(models.TextChoices):
    """Whether a reviewer sits on the panel."""

    SITTING = "sitting", _("Sits on the panel")
    RECUSED = "recused", _("Stepped back")


class OfferState(models.TextChoices):
    """What became of an offer."""

    OPEN = "open", _("Waits for the answer")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Taken back")
    EXPIRED = "expired", _("Run out")


class ActionKind(models.TextChoices):
    """Corrective: this must not go on. Preventive: it must not come again (A60.8)."""

    CORRECTIVE = "corrective", _("Corrective action")
    PREVENTIVE = "preventive", _("Preventive action")


class ActionState(models.TextChoices):
    """Where such an action stands."""

    OPEN = "open", _("To be done")
    DONE = "done", _("Done, effect not checked yet")
    EFFECTIVE = "effective", _("Checked: it works")
    REOPENED = "reopened", _("Did not work: to be done again")


class OutsideState(models.TextChoices):
    """Where a case outside the house stands."""

    OPEN = "open", _("Open")
    ENDED = "ended", _("Ended")


class RecordKind(models.TextChoices):
    """What a line of the decision record says."""

    DECISION = "decision", _("Decision")
    CORRECTION = "correction", _("Correction")


class ToldHow(models.TextChoices):
    """How the customer was told."""

    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    PERSON = "person", _("In person")
    LETTER = "letter", _("Letter")
