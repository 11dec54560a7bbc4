"""Closed lists of the accounts app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """Which records a role sees (A56.15)."""

    OWN = "own", _("Own records")
    TEAM = "team", _("Records of own teams")
    BRANCH = "branch", _("Records of own branch")
    SUBTREE = "subtree", _("Own branch and those under it")
    ALL = "all", _("All records")


class Language(models.TextChoices):
    """Languages of the interface and of messages."""

    BENGALI = "bn", _("Bengali")
    ENGLISH = "en", _("English")


class Digits(models.TextChoices):
    """Which digits a person reads."""

    AUTO = "auto", _("As the language")
    BENGALI = "bengali", _("Bengali digits")
    LATIN = "latin", _("Latin digits")


# Everything a role may be allowed to do. The name is stored in Role.permissions.
PERMISSIONS: dict[str, object] = {
    "customer.view": _("See customers"),
    "customer.edit": _("Add and change customers"),
    "customer.see_private": _("See phone numbers, addresses and e-mail of customers in full"),
    "customer.unmask": _("Have one hidden field of a customer shown, which is written down"),
    "customer.import": _("Bring lists of customers in, and take an import back"),
    "customer.export": _("Take lists of customers out as a file, which is written down"),
    "ticket.view": _("See tickets"),
    "ticket.create": _("Open tickets"),
    "ticket.reply": _("Answer customers"),
    "ticket.note": _("Write internal notes"),
    "ticket.edit": _("Change tickets"),
    "ticket.resolve": _("Resolve and close tickets"),
    "ticket.assign": _("Assign work to others"),
    "work.view": _("See the work queues"),
    "work.escalate": _("Escalate work"),
    "feedback.view": _("See survey answers"),
    "messaging.quarantine": _("Handle mail in quarantine and in doubt"),
    "unit.view": _("See sold units and sales"),
    "unit.edit": _("Change units, their readings and owners"),
    "sale.record": _("Record sales"),
    "sale.reverse": _("Reverse sales"),
    "catalog.edit": _("Change products and prices"),
    "warranty.view": _("See what is under warranty"),
    "warranty.register": _("Register warranties and check the papers"),
    "warranty.void": _("Make a warranty void, with a reason"),
    "warranty.settings": _("Change warranty terms"),
    "coupon.use": _("Take free-service coupons"),
    "job.view": _("See job cards"),
    "job.create": _("Take units in for service"),
    "job.edit": _("Work on job cards: faults, parts, prices, estimates"),
    "job.deliver": _("Hand repaired units over"),
    "claim.view": _("See claims to companies"),
    "claim.edit": _("Write claims to companies, file them, send old parts"),
    "claim.decide": _("Write down what companies answer and pay"),
    "promise.edit": _("Promise dates to customers and move them"),
    "goodwill.grant": _("Ask for goodwill, and give it within the limit of the role"),
    "dispute.view": _("See disputes"),
    "dispute.open": _("Open disputes"),
    "dispute.handle": _("Work on disputes: evidence, offers, remedies, actions"),
    "dispute.appoint": _("Appoint the panel of a dispute"),
    "dispute.review": _("Sit on panels and decide disputes"),
    "dispute.override": _("Appoint somebody near the case, with a reason that is written down"),
    "dispute.outside": _("See and keep cases at offices and courts"),
    "stock.view": _("See where goods are"),
    "stock.move": _("Move goods among shop, workshop and company"),
    "stock.release": _("Release returned goods to the shelf, or give them up"),
    "return.view": _("See returns"),
    "return.create": _("Take down requests to give something back"),
    "return.approve": _("Approve and refuse returns"),
    "return.receive": _("Receive and inspect returned goods"),
    "return.decide": _("Decide returns and give money back, within the limit of the role"),
    "aftercare.view": _("See service reminders, recalls and service centres"),
    "aftercare.call": _("Call customers about service and recalls, and write down how it ended"),
    "recall.manage": _("Start and close recalls"),
    "settings.edit": _("Change settings"),
    "users.edit": _("Manage staff, roles and branches"),
    "audit.view": _("Read the audit trail"),
    "report.view": _("See reports"),
    "webhook.edit": _("Set up webhooks"),
    "training.edit": _("Keep the training records of staff"),
    "quality.score": _("Score conversations and answer objections"),
    "privacy.manage": _("Answer requests about personal data, erase them, and keep the registers of privacy"),
}

# Whoever changes records must see what is saved again: masked text would come back as the new value.
CHANGES_RECORDS = frozenset({"customer.edit", "ticket.edit", "settings.edit", "users.edit"})
