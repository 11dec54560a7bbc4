"""Shops that were set up before: the rights of ready roles, the kinds of their trade, a price list."""

from django.db import migrations

from halkhata.records.catalog.trade_packs import kinds_of_trade

ALL = ["unit.view", "unit.edit", "sale.record", "sale.reverse", "catalog.edit"]
SELLS = ["unit.view", "unit.edit", "sale.record"]
RIGHTS = {
    "owner": ALL, "head_office": ALL, "manager": ALL, "team_lead": SELLS, "front_desk": SELLS, "cashier": SELLS,
    "service_advisor": ["unit.view", "unit.edit"], "complaint_officer": ["unit.view"], "call_agent": ["unit.view"],
    "reviewer": ["unit.view"], "viewer": ["unit.view"],
}


def give(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.all():
        # Whoever manages staff gets them, too: nobody can give away what they have not got.
        wanted = ALL if "users.edit" in role.permissions else RIGHTS.get(role.code, []) if role.is_system else []
        missing = [right for right in wanted if right not in role.permissions]
        if missing:
            role.permissions = [*role.permissions, *missing]
            role.save(update_fields=["permissions"])


def take(apps, schema_editor):
    for role in apps.get_model("accounts", "Role").objects.all():
        kept = [right for right in role.permissions if right not in ALL]
        if kept != role.permissions:
            role.permissions = kept
            role.save(update_fields=["permissions"])


def furnish(apps, schema_editor):
    install = apps.get_model("core", "Installation").objects.filter(pk=1, set_up_at__isnull=False).first()
    if install is None:
        return
    for kind in kinds_of_trade(install.trade):
        values = {name: value for name, value in kind.items() if name != "code"}
        apps.get_model("catalog", "ProductKind").objects.get_or_create(code=kind["code"], defaults=values)
    apps.get_model("catalog", "PriceList").objects.get_or_create(
        code="retail", defaults={"name_bn": "খুচরা মূল্য", "name_en": "Retail prices", "currency": install.currency}
    )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_life_and_parts"), ("core", "0002_shop_page")]
    operations = [
        migrations.RunPython(give, take),
        migrations.RunPython(furnish, migrations.RunPython.noop),
    ]
