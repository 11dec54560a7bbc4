"""The shop's own page: what it changes, who may, and what customers then read."""

import pytest
from django.test import Client
from django.utils import translation

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.services.shop import save_shop
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.models import Installation, OutboxEvent

pytestmark = pytest.mark.django_db
FORM = {
    "version": "1", "shop_name_bn": "পদ্মা মোটরস", "shop_name_en": "Padma Motors", "phone": "০১১০০-০০০০০৭",
    "address": "12 Lake Road, Dhaka", "email": "Care@Example.com", "trade": "solar", "default_language": "en",
    "digits": "latin", "time_zone": "Asia/Dubai",
}  # fmt: skip


def test_page_changes_everything_and_the_trail_tells_it(shop, client_as):
    client = client_as(shop.owner)
    assert 'value="Padma Motors"' in client.get("/settings/shop/").content.decode()
    assert client.post("/settings/shop/", FORM)["Location"] == "/settings/shop/"
    install = Installation.objects.get()
    assert (install.shop_name_bn, install.shop_name_en, install.shop_name) == (
        "পদ্মা মোটরস", "Padma Motors", "Padma Motors",
    )  # fmt: skip
    assert (install.phone, install.email, install.address) == (
        "+8801100000007", "care@example.com", "12 Lake Road, Dhaka",
    )  # fmt: skip
    assert (install.trade, install.default_language, install.digits, install.time_zone, install.version) == (
        "solar", "en", "latin", "Asia/Dubai", 2,
    )  # fmt: skip
    entry = AuditEntry.objects.get(action="installation.change")
    assert (entry.actor_id, entry.before["trade"], entry.after["trade"]) == (shop.owner.pk, "other", "solar")
    assert OutboxEvent.objects.get(name="installation.trade_changed").payload["trade"] == "solar"


def test_saving_what_stands_already_leaves_no_trace(shop, client_as):
    save_shop(actor=shop.owner, values={"shop_name_en": "Padma Motors", "phone": "01100000007"})
    before = AuditEntry.objects.count()
    save_shop(actor=shop.owner, values={"shop_name_en": "Padma Motors", "phone": "+880 1100-000007"})
    assert (AuditEntry.objects.count(), Installation.objects.get().version) == (before, 2)


def test_everybody_reads_the_name_in_the_own_language(shop, client_as):
    save_shop(actor=shop.owner, values={"shop_name_bn": "পদ্মা মোটরস", "shop_name_en": "Padma Motors"})
    install = Installation.objects.get()
    for language, name in (("bn", "পদ্মা মোটরস"), ("en", "Padma Motors")):
        with translation.override(language):
            assert install.name == name
        page = Client(headers={"cookie": f"language={language}"}).get("/sign-in/").content.decode()
        assert f"<span>{name}</span>" in page


def test_shop_with_one_name_shows_it_to_all(shop):
    for values in ({"shop_name_bn": "পদ্মা", "shop_name_en": ""}, {"shop_name_bn": "", "shop_name_en": "Padma"}):
        install = save_shop(actor=shop.owner, values=values)
        for language in ("bn", "en"):
            with translation.override(language):
                assert install.name == "".join(values.values())


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("phone", "12"), ("email", "nobody"), ("time_zone", "Mars/Base"), ("trade", "rockets"), ("digits", "roman"),
     ("default_language", "fr")],
)  # fmt: skip
def test_what_cannot_be_is_told_beside_its_field_and_changes_nothing(shop, client_as, field, wrong):
    response = client_as(shop.owner).post("/settings/shop/", {**FORM, field: wrong})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert Installation.objects.get().version == 1


def test_shop_keeps_a_name(shop):
    with pytest.raises(DomainError) as refused:
        save_shop(actor=shop.owner, values={"shop_name_bn": "", "shop_name_en": " "})
    assert (refused.value.code, refused.value.field) == ("no_name", "shop_name_bn")


def test_second_of_two_who_change_it_at_once_is_told(shop):
    save_shop(actor=shop.owner, values={"address": "Lake Road 1"}, version=1)
    with pytest.raises(Conflict) as refused:
        save_shop(actor=shop.owner, values={"address": "Lake Road 2"}, version=1)
    assert refused.value.code == "changed_meanwhile"
    assert Installation.objects.get().address == "Lake Road 1"


def test_page_is_for_whoever_may_change_settings_of_all_branches(shop, client_as, client):
    assert client.get("/settings/shop/")["Location"].startswith("/sign-in/")
    role = shop.manager.role
    role.permissions = [*role.permissions, "settings.edit"]
    role.save()
    manager = User.objects.get(pk=shop.manager.pk)
    for user in (shop.agent, manager):
        assert client_as(user).get("/settings/shop/").status_code == 403
        assert client_as(user).post("/settings/shop/", FORM).status_code == 403
        assert "/settings/shop/" not in client_as(user).get("/settings/").content.decode()
        with pytest.raises(PermissionRefused):
            save_shop(actor=user, values={"address": "Elsewhere"})
    assert "/settings/shop/" in client_as(shop.owner).get("/settings/").content.decode()
    assert Installation.objects.get().address == ""


def test_digits_of_letters_follow_the_shop_then_the_language():
    install = Installation(digits="auto")
    assert (install.digits_in("bn"), install.digits_in("en")) == ("bengali", "latin")
    assert Installation(digits="latin").digits_in("bn") == "latin"
    assert Installation(digits="bengali").digits_in("en") == "bengali"


def test_customers_pages_and_papers_tell_address_and_mail(shop, client):
    save_shop(actor=shop.owner, values={"address": "12 Lake Road, Dhaka", "email": "care@example.com"})
    page = client.get("/c/complaint/?lang=en").content.decode()
    assert "12 Lake Road, Dhaka" in page
    assert "mailto:care@example.com" in page
