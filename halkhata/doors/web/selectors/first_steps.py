"""What a new shop does in its first week; each line ticks itself off when it is done (stories E1)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.models import Mailbox
from halkhata.engines.work.models import CalendarDay
from halkhata.foundation.accounts.models import User
from halkhata.records.customers.models import Customer


def first_steps(user: User) -> list[dict[str, Any]]:
    """The lines with their state and address, or nothing when all are done."""
    steps = [
        {"label": _("Write down the first customer"), "url": reverse("customers:new"), "icon": "user-plus",
         "done": Customer.objects.filter(is_demo=False).exists()},
        {"label": _("Take the first complaint"), "url": reverse("tickets:new"), "icon": "ticket",
         "done": Ticket.objects.filter(is_demo=False).exists()},
        {"label": _("Give your staff their accounts"), "url": reverse("accounts:user_new"), "icon": "users",
         "done": User.objects.filter(is_demo=False, is_active=True).count() > 1},
        {"label": _("Connect the shop's mailbox"), "url": reverse("messaging:mailboxes"), "icon": "mail",
         "done": Mailbox.objects.exists()},
        {"label": _("Enter the holidays of this year"), "url": reverse("work:calendars"), "icon": "calendar",
         "done": CalendarDay.objects.exists()},
    ]  # fmt: skip
    return [] if all(step["done"] for step in steps) else steps
