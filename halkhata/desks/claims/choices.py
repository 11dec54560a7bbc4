"""Closed lists of the claims desk, and the table of steps that a claim may take (A53.11)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from halkhata.engines.work.choices import Side, StateFlag

KIND, PREFIX = "claim", "C"


class Sort(models.TextChoices):
    """What is claimed for."""

    REPAIR = "repair", _("Repair under warranty")
    COUPONS = "coupons", _("Free services of a month")


class Stage(models.TextChoices):
    """Where a claim stands."""

    DRAFT = "draft", pgettext_lazy("claim", "Being written")
    SUBMITTED = "submitted", pgettext_lazy("claim", "With the company")
    APPROVED = "approved", pgettext_lazy("claim", "Approved")
    PARTLY = "partly", pgettext_lazy("claim", "Partly approved")
    REJECTED = "rejected", pgettext_lazy("claim", "Rejected by the company")
    CREDITED = "credited", pgettext_lazy("claim", "Credited")
    WITHDRAWN = "withdrawn", pgettext_lazy("claim", "Withdrawn")


# The database has the same table as triggers (guards.py). Out of "With the company" back to the draft: it asked for
# more papers. Rejected, credited and withdrawn are final.
TRANSITIONS: dict[Stage, tuple[Stage, ...]] = {
    Stage.DRAFT: (Stage.SUBMITTED, Stage.WITHDRAWN),
    Stage.SUBMITTED: (Stage.DRAFT, Stage.APPROVED, Stage.PARTLY, Stage.REJECTED, Stage.WITHDRAWN),
    Stage.APPROVED: (Stage.CREDITED,),
    Stage.PARTLY: (Stage.CREDITED,),
    Stage.REJECTED: (),
    Stage.CREDITED: (),
    Stage.WITHDRAWN: (),
}
OVER = (Stage.REJECTED, Stage.CREDITED, Stage.WITHDRAWN)
# The company has said how much it pays.
GRANTED = (Stage.APPROVED, Stage.PARTLY, Stage.CREDITED)
# The company has the claim and has not paid for it, or not said that it will not.
UNPAID = (Stage.SUBMITTED, Stage.APPROVED, Stage.PARTLY)
# Everything that was ever filed and not taken back: what the rate of recovery is counted of.
FILED = (Stage.SUBMITTED, Stage.APPROVED, Stage.PARTLY, Stage.REJECTED, Stage.CREDITED)

FLAG_OF_STAGE: dict[str, StateFlag] = {
    Stage.DRAFT: StateFlag.OPEN,
    Stage.SUBMITTED: StateFlag.PAUSED,
    Stage.APPROVED: StateFlag.PAUSED,
    Stage.PARTLY: StateFlag.PAUSED,
    Stage.REJECTED: StateFlag.RESOLVED,
    Stage.CREDITED: StateFlag.RESOLVED,
    Stage.WITHDRAWN: StateFlag.RESOLVED,
}
# Whose time it is while a claim is there; a draft is ours.
SIDE_OF_STAGE: dict[str, Side] = dict.fromkeys(UNPAID, Side.MANUFACTURER)


class LossReason(models.TextChoices):
    """Why a company never pays what warranty work cost (A53.10)."""

    OURS = "ours", _("The company does not pay it back")
    UNDER = "under", _("Claimed less than it cost")
    REFUSED = "refused", _("Refused by the company")
    SHORT = "short", _("Paid short")
    WITHDRAWN = "withdrawn", _("Claim taken back")


class LineKind(models.TextChoices):
    """What a line of a claim is."""

    PART = "part", pgettext_lazy("claim line", "Part")
    LABOUR = "labour", _("Labour")
    TRAVEL = "travel", _("Way and transport")
    VISIT = "visit", _("Visit")
    COUPON = "coupon", _("Free service")


class PhotoKind(models.TextChoices):
    """What a photo or paper of a claim shows."""

    SERIAL_PLATE = "serial_plate", _("Serial number plate")
    FAILED_PART = "failed_part", _("Failed part")
    NEW_PART = "new_part", _("New part")
    UNIT = "unit", _("The whole unit")
    METER = "meter", _("Meter reading")
    INVOICE = "invoice", _("Invoice of the sale")
    WARRANTY_CARD = "warranty_card", _("Warranty card")
    JOB_CARD = "job_card", _("Job card")
    COUPON = "coupon", _("Signed free-service coupon")
    OTHER = "other", _("Another photo or paper")


class FieldCode(models.TextChoices):
    """What a company may ask for on its form, and what a column of its sheet may hold."""

    NUMBER = "number", _("Our claim number")
    COMPANY_NUMBER = "company_number", _("Claim number of the company")
    BRAND = "brand", _("Brand")
    PRODUCT = "product", _("Product")
    SERIAL = "serial", _("Number of the unit")
    SOLD_ON = "sold_on", _("Sold on")
    FAILED_ON = "failed_on", _("Failed on")
    REPAIRED_ON = "repaired_on", _("Repaired on")
    READING = "reading", _("Reading at the failure")
    DEFECT_CODE = "defect_code", _("Defect code")
    CAUSE_CODE = "cause_code", _("Cause code")
    DESCRIPTION = "description", _("What failed and what was done")
    JOB_NUMBER = "job_number", _("Job card")
    FAULTY_SERIAL = "faulty_serial", _("Number of the faulty part")
    REPLACEMENT_SERIAL = "replacement_serial", _("Number of the new part")
    PART_CODES = "part_codes", _("Part numbers")
    LABOUR_CODES = "labour_codes", _("Labour codes")
    LABOUR_HOURS = "labour_hours", _("Hours of labour")
    OLD_PART_TAG = "old_part_tag", _("Tag of the old part")
    BRANCH = "branch", _("Branch")
    SUBMITTED_ON = "submitted_on", _("Sent on")
    CLAIMED = "claimed", _("Claimed")
    APPROVED = "approved", _("Approved amount")
    CREDITED = "credited", _("Credited amount")
    STATE = "state", _("State")


# What can be asked for before a claim is sent; the others are ours or come from the company.
ASKABLE = (
    FieldCode.SERIAL, FieldCode.SOLD_ON, FieldCode.FAILED_ON, FieldCode.REPAIRED_ON, FieldCode.READING,
    FieldCode.DEFECT_CODE, FieldCode.CAUSE_CODE, FieldCode.DESCRIPTION, FieldCode.JOB_NUMBER, FieldCode.FAULTY_SERIAL,
    FieldCode.REPLACEMENT_SERIAL, FieldCode.PART_CODES, FieldCode.LABOUR_CODES, FieldCode.LABOUR_HOURS,
    FieldCode.OLD_PART_TAG,
)  # fmt: skip
# On a sheet of free services there is no unit and no failure to ask about.
ASKED_OF_COUPONS = ()
DEFAULT_FIELDS = (
    FieldCode.SERIAL, FieldCode.SOLD_ON, FieldCode.FAILED_ON, FieldCode.REPAIRED_ON, FieldCode.DEFECT_CODE,
    FieldCode.DESCRIPTION,
)  # fmt: skip
DEFAULT_PHOTOS = (PhotoKind.SERIAL_PLATE, PhotoKind.FAILED_PART)
DEFAULT_COLUMNS = (
    FieldCode.NUMBER, FieldCode.SUBMITTED_ON, FieldCode.PRODUCT, FieldCode.SERIAL, FieldCode.SOLD_ON,
    FieldCode.FAILED_ON, FieldCode.REPAIRED_ON, FieldCode.READING, FieldCode.DEFECT_CODE, FieldCode.PART_CODES,
    FieldCode.FAULTY_SERIAL, FieldCode.REPLACEMENT_SERIAL, FieldCode.CLAIMED,
)  # fmt: skip
DEADLINE_DAYS, WARN_DAYS = 30, 7
