"""The shop that is measured: branches, departments, sixty people, opening hours, promises, texts, a mailbox, goods."""

from typing import Any

from bench.goods import open_store
from bench.ground import Shop, make_shop

BRANCHES, AGENTS_EACH = 10, 5
PASSWORD = "seven quiet rivers at dawn"
# Nobody listens there (the discard port): mail is queued, as it should be, and never leaves.
SMTP_HOST, SMTP_PORT = "127.0.0.1", 9


def open_shop() -> Shop:
    """Write the shop into an empty, migrated database. The same rows with the same ids each time."""
    from django.db import transaction

    from halkhata.desks.feedback.services.asking import csat_survey
    from halkhata.desks.tickets.models import DeskSettings
    from halkhata.desks.tickets.services.defaults import prepare_desk
    from halkhata.engines.messaging.models import Mailbox
    from halkhata.engines.messaging.services.defaults import create_default_templates
    from halkhata.engines.work.selectors.shop_terms import shop_terms
    from halkhata.foundation.accounts.models import User
    from halkhata.foundation.core.clock import now
    from halkhata.foundation.core.models import Installation

    with transaction.atomic():
        shop = make_shop(branches=BRANCHES, agents_each=AGENTS_EACH)
        prepare_desk(answers={"trade": "appliance"})
        create_default_templates()
        csat_survey()
        open_store(shop.branches)
        # Calls after a solution are planned for some customers only (stories.py), or each would have four.
        DeskSettings.objects.update_or_create(pk=1, defaults={"follow_up_1": None, "follow_up_2": None})
        Mailbox.objects.create(
            name="Help desk",
            address="help@padma.example.com",
            branch=shop.branches[0],
            smtp_host=SMTP_HOST,
            smtp_port=SMTP_PORT,
            smtp_security=Mailbox.NONE,
            is_default=True,
        )
        Installation.objects.filter(pk=1).update(set_up_at=now(), shop_name_bn="পদ্মা মোটরস", shop_name_en="Padma Motors")
        for user in User.objects.filter(username__in=["owner", "agent1x1"]):
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
    shop_terms()
    return shop


def outline() -> dict[str, list[Any]]:
    """What of the shop other rows point at: two databases with the same outline can share rows."""
    from halkhata.desks.feedback.models import Survey
    from halkhata.desks.tickets.models import Category
    from halkhata.engines.messaging.models import Mailbox, Template
    from halkhata.engines.work.models import ChecklistTemplate, EscalationRule, SlaPolicy
    from halkhata.foundation.accounts.models import Branch, Team, User
    from halkhata.records.catalog.models import Brand, Product, ProductKind
    from halkhata.records.stock.models import Place
    from halkhata.records.warranty.models import WarrantyPolicy

    found: dict[str, list[Any]] = {}
    for model, column in (
        (Branch, "code"),
        (Team, "code"),
        (User, "username"),
        (Category, "code"),
        (SlaPolicy, "name_en"),
        (EscalationRule, "level"),
        (Mailbox, "address"),
        (Template, "code"),
        (Survey, "code"),
        (ProductKind, "code"),
        (Brand, "code"),
        (Product, "folded"),
        (WarrantyPolicy, "code"),
        (ChecklistTemplate, "code"),
        (Place, "kind"),
    ):
        found[model._meta.label] = list(model._default_manager.order_by("pk").values_list("pk", column))
    return found
