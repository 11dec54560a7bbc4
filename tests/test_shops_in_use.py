"""A shop that was set up with the version before gets, by migrating, what a new shop is given at its set-up."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import transaction
from django.db.migrations.loader import MigrationLoader

from halkhata.desks.returns.models import ReturnPolicy
from halkhata.engines.goodwill.models import GoodwillLimit
from halkhata.engines.work.models import ChecklistTemplate, SlaPolicy
from halkhata.foundation.accounts.models import Role
from halkhata.foundation.accounts.services.roles import READY_ROLES
from halkhata.foundation.accounts.services.setup import SetupAnswers, set_up_install
from halkhata.foundation.core.append_only import suspended
from halkhata.records.warranty.models import WarrantyPolicy, WarrantySettings

# App, and the step that furnishes.
STEPS = [
    ("stock", "0003_for_shops_in_use"),
    ("goodwill", "0002_for_shops_in_use"),
    ("deliveries", "0003_for_shops_in_use"),
    ("service", "0004_for_shops_in_use"),
    ("returns", "0003_for_shops_in_use"),
    ("disputes", "0003_for_shops_in_use"),
    ("warranty", "0004_for_shops_in_use"),
    ("claims", "0003_for_shops_in_use"),
]
RIGHTS = {
    "halkhata.records.catalog.migrations.0003_for_shops_in_use": ("unit.", "sale.", "catalog."),
    "halkhata.records.warranty.migrations.0002_frozen_terms": ("warranty.", "coupon."),
    "halkhata.records.stock.migrations.0003_for_shops_in_use": ("stock.",),
    "halkhata.engines.goodwill.migrations.0002_for_shops_in_use": ("goodwill.",),
    "halkhata.engines.deliveries.migrations.0003_for_shops_in_use": ("promise.",),
    "halkhata.desks.service.migrations.0004_for_shops_in_use": ("job.",),
    "halkhata.desks.returns.migrations.0003_for_shops_in_use": ("return.",),
    "halkhata.desks.disputes.migrations.0003_for_shops_in_use": ("dispute.",),
    "halkhata.desks.claims.migrations.0003_for_shops_in_use": ("claim.",),
}
KINDS = ("job", "return", "dispute", "claim")


@pytest.mark.parametrize("module", RIGHTS)
def test_rights_that_migrating_gives_are_those_of_a_new_shop(module):
    given = import_module(module).RIGHTS
    wanted = {
        code: {right for right in ready[4] if right.startswith(RIGHTS[module])} for code, ready in READY_ROLES.items()
    }
    assert {code: set(rights) for code, rights in given.items()} == {
        code: rights for code, rights in wanted.items() if rights
    }


@pytest.fixture
def fresh(db):
    """What set-up makes for a new shop, which stands in the database."""
    set_up_install(
        answers=SetupAnswers(trade="motorcycle"), username="boss", password="four quiet plain words",
        owner_name="Invented Owner",
    )  # fmt: skip
    return _furniture()


@pytest.fixture(scope="module")
def tables_then():
    """The tables as those steps see them, whatever became of them since."""
    loader = MigrationLoader(None)
    return loader.project_state([(app, new) for app, new in STEPS]).apps


def _run(tables, *, backwards: bool = False) -> None:
    """What those steps do with rows, forwards or back."""
    for app, new in STEPS:
        step = import_module(f"{apps.get_app_config(app).name}.migrations.{new}")
        for operation in step.Migration.operations:
            (operation.reverse_code if backwards else operation.code)(tables, None)


def _empty() -> None:
    """The rows that the version before did not know."""
    SlaPolicy.objects.filter(pk__in=[policy.pk for policy in _promises()]).delete()
    ChecklistTemplate.objects.filter(kind__in=KINDS).delete()
    GoodwillLimit.objects.all().delete()
    WarrantyPolicy.objects.all().delete()
    WarrantySettings.objects.all().delete()
    with transaction.atomic(), suspended("returns_returnpolicy"):
        ReturnPolicy.objects.all().delete()


def _promises() -> list[SlaPolicy]:
    return [one for one in SlaPolicy.objects.all() if set(KINDS) & set(one.conditions.get("kind", ()))]


def _furniture() -> dict[str, object]:
    """All that set-up makes for what comes after the sale, without keys and times."""
    return {
        "roles": {role.code: set(role.permissions) for role in Role.objects.filter(is_system=True)},
        "promises": [
            (
                policy.name_bn, policy.name_en, policy.conditions, policy.around_the_clock, policy.warn_at,
                policy.is_active, {(row.priority, row.metric, row.minutes) for row in policy.targets.all()},
            )
            for policy in sorted(_promises(), key=lambda one: one.name_en)
        ],
        "checklists": [
            (one.code, one.kind, one.category, one.name_bn, one.name_en,
             [(line.position, line.name_bn, line.name_en, line.is_required) for line in one.lines.all()])
            for one in ChecklistTemplate.objects.filter(kind__in=KINDS).order_by("code")
        ],
        "goodwill": list(
            GoodwillLimit.objects.order_by("role__code").values_list(
                "role__code", "per_case", "per_month", "currency", "version"
            )
        ),
        "warranty": [
            (
                one.code, one.version, one.name_bn, one.name_en, one.product_kind.code, one.start_rule,
                one.replacement, one.is_example, one.is_active,
                list(one.terms.values_list("component", "label_bn", "label_en", "covers_parts", "covers_labour",
                     "covers_visit", "covers_exchange", "months", "usage_limit", "exclusions_bn", "exclusions_en")),
                list(one.coupons.values_list("number", "from_days", "to_days", "from_usage", "to_usage")),
            )
            for one in WarrantyPolicy.objects.order_by("code")
        ],
        "warranty_settings": WarrantySettings.objects.count(),
        "returns": list(
            ReturnPolicy.objects.order_by("pk").values_list(
                "scope", "version", "window_days", "defect_days", "condition_bn", "condition_en", "exclusions_bn",
                "exclusions_en", "excluded_reasons", "needs_accessories", "fee_percent",
            )
        ),
    }  # fmt: skip


def test_shop_of_before_has_after_migrating_all_that_a_new_shop_has(fresh, tables_then):
    assert all(fresh[part] for part in ("promises", "checklists", "goodwill", "warranty", "returns"))
    _run(tables_then, backwards=True)
    _empty()
    assert not any(right.startswith("job.") for role in Role.objects.all() for right in role.permissions)
    assert _furniture()["warranty"] == []
    _run(tables_then)
    assert _furniture() == fresh


def test_what_the_shop_made_itself_stays_and_a_second_time_changes_nothing(fresh, tables_then):
    _run(tables_then, backwards=True)
    _empty()
    own = Role.objects.create(code="own", name_en="Own", level=1, scope="branch", permissions=["ticket.view"])
    manager = Role.objects.get(code="manager")
    GoodwillLimit.objects.create(role=manager, per_case=1, per_month=2, currency="BDT")
    mine = SlaPolicy.objects.create(name_en="My jobs", position=1, conditions={"kind": ["complaint", "job"]})
    listed = ChecklistTemplate.objects.create(code="mine", kind="job", name_en="My bench", is_active=False)
    _run(tables_then)
    own.refresh_from_db()
    assert own.permissions == ["ticket.view"]
    assert list(GoodwillLimit.objects.filter(role=manager).values_list("per_case", "per_month")) == [(1, 2)]
    assert [one.pk for one in _promises() if "job" in one.conditions["kind"]] == [mine.pk]
    assert list(ChecklistTemplate.objects.filter(kind="job")) == [listed]
    once, rights = _furniture(), {role.code: role.permissions for role in Role.objects.all()}
    _run(tables_then)
    assert _furniture() == once
    assert {role.code: role.permissions for role in Role.objects.all()} == rights
    assert once["roles"] == fresh["roles"]


def test_install_that_nobody_has_set_up_gets_nothing(db, tables_then):
    _run(tables_then)
    assert not SlaPolicy.objects.exists()
    assert not ReturnPolicy.objects.exists()
    assert not WarrantySettings.objects.exists()
