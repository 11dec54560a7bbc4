"""The pages of goodwill: limits of all roles in one form, giving, asking, deciding."""

from decimal import Decimal

import pytest

from halkhata.engines.goodwill.models import Goodwill, GoodwillLimit, GoodwillRules
from halkhata.records.catalog.tests.conftest import catalog, karim, rahima
from tests.support.fixtures_shop import AGENT_PERMISSIONS, make_role, make_user

__all__ = ["catalog", "karim", "rahima"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def roles(catalog):
    rights = (*AGENT_PERMISSIONS, "goodwill.grant")
    small = make_role("small", level=1, scope="branch", permissions=rights)
    large = make_role("large", level=3, scope="branch", permissions=(*rights, "settings.edit"))
    GoodwillLimit.objects.create(role=large, per_case=5000, per_month=9000, currency="BDT")
    return small, large


@pytest.fixture
def chief(client_as, catalog, roles):
    return client_as(make_user("director", branch=catalog.branch, role=roles[1]), "en")


@pytest.fixture
def junior(client_as, catalog, roles):
    return client_as(make_user("beginner", branch=catalog.branch, role=roles[0]), "en")


def typed(roles, **values):
    """The form as the page sends it: the large role as it is, the small one as in ``values``."""
    small, large = roles
    return {
        "form": "limits", f"role-{large.pk}-per_case": "5000", f"role-{large.pk}-per_month": "9000",
        **{f"role-{small.pk}-{name}": value for name, value in values.items()},
    }  # fmt: skip


def test_limits_of_all_roles_are_saved_at_once(chief, roles):
    sent = typed(roles, per_case="৫০০", per_month="1,500") | {f"role-{roles[1].pk}-per_case": "6000"}
    assert chief.post("/goodwill/limits/", sent).status_code == 302
    rows = {
        row.role.code.removeprefix("test-"): (row.per_case, row.per_month, row.version)
        for row in GoodwillLimit.objects.all()
    }
    assert rows == {"small": (Decimal(500), Decimal(1500), 1), "large": (Decimal(6000), Decimal(9000), 2)}


def test_role_left_empty_keeps_no_limit_and_nothing_else_is_written(chief, roles):
    assert chief.post("/goodwill/limits/", typed(roles, per_case="", per_month="")).status_code == 302
    assert [(row.role.code.removeprefix("test-"), row.version) for row in GoodwillLimit.objects.all()] == [("large", 1)]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"per_case": "500", "per_month": "400"}, "The limit of a month must hold at least one case."),
        ({"per_case": "500", "per_month": ""}, "This field is required."),
        ({"per_case": "many", "per_month": "900"}, "Write an amount like 1500 or 1500.50."),
    ],
)
def test_one_bad_row_saves_none_and_keeps_what_was_typed(chief, roles, values, said):
    sent = typed(roles, **values) | {f"role-{roles[1].pk}-per_case": "7000"}
    answer = chief.post("/goodwill/limits/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'value="7000"' in page
    assert [(row.role.code.removeprefix("test-"), row.per_case) for row in GoodwillLimit.objects.all()] == [
        ("large", Decimal(5000))
    ]


def test_rules_of_the_record_are_a_form_of_their_own(chief, roles):
    sent = {"form": "rules", "min_years": "৩", "min_purchases": "2", "max_complaints": "1"}
    assert chief.post("/goodwill/limits/", sent).status_code == 302
    row = GoodwillRules.objects.get()
    assert (row.min_years, row.min_purchases, row.max_complaints) == (3, 2, 1)
    assert GoodwillLimit.objects.count() == 1


def test_only_who_may_change_settings_opens_the_limits(junior):
    assert junior.get("/goodwill/limits/").status_code == 403


def test_goodwill_is_given_within_the_limit_and_listed(chief, rahima):
    sent = {"customer": rahima.pk, "kind": "late_warranty", "reason": "Three days late", "cost": "১,২০০"}
    answer = chief.post("/goodwill/new/", sent)
    given = Goodwill.objects.get()
    assert answer["Location"] == f"/goodwill/{given.pk}/"
    assert (given.state, given.cost) == ("granted", Decimal(1200))
    assert "1,200" in chief.get("/goodwill/").content.decode()


def test_goodwill_over_the_limit_is_asked_for_and_decided(junior, chief, rahima):
    sent = {"customer": rahima.pk, "kind": "late_warranty", "reason": "Three days late", "cost": "800"}
    assert junior.post("/goodwill/new/", sent).status_code == 409
    assert not Goodwill.objects.exists()
    assert junior.post("/goodwill/new/", {**sent, "ask": "1"}).status_code == 302
    row = Goodwill.objects.get()
    assert row.state == "asked"
    assert chief.post(f"/goodwill/{row.pk}/", {"gives": "1", "note": "Fine"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "granted"
