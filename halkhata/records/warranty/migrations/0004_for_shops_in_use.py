"""Shops that were set up before: example terms for the kinds of their trade (their ready roles have the rights)."""

from django.db import migrations
from django.utils import timezone

from halkhata.foundation.accounts.ready_rights import shop_in_use
from halkhata.records.warranty.example_terms import example_terms


def furnish(apps, schema_editor):
    if shop_in_use(apps) is None:
        return
    apps.get_model("warranty", "WarrantySettings").objects.get_or_create(pk=1)
    policies = apps.get_model("warranty", "WarrantyPolicy").objects
    term, coupon = apps.get_model("warranty", "PolicyTerm"), apps.get_model("warranty", "PolicyCoupon")
    for kind in apps.get_model("catalog", "ProductKind").objects.filter(is_active=True):
        example, code = example_terms().get(kind.code), f"example-{kind.code}"[:40]
        if example is None or policies.filter(code=code).exists():
            continue
        policy = policies.create(
            code=code, version=1, name_bn=example["name_bn"], name_en=example["name_en"], product_kind=kind,
            start_rule=example.get("start_rule", "invoice"), replacement=example.get("replacement", "inherit"),
            is_example=True, published_at=timezone.now(),
        )
        term.objects.bulk_create(
            term(
                policy=policy, position=place, component=one["component"], label_bn=one["label_bn"],
                label_en=one["label_en"], months=one["months"], usage_limit=one.get("usage_limit"),
                covers_parts=one.get("parts", True), covers_labour=one.get("labour", True),
                covers_visit=one.get("visit", False), covers_exchange=one.get("exchange", False),
                exclusions_bn=one.get("exclusions_bn", ""), exclusions_en=one.get("exclusions_en", ""),
            )
            for place, one in enumerate(example["terms"], start=1)
        )
        coupon.objects.bulk_create(
            coupon(policy=policy, number=number, **one) for number, one in enumerate(example["coupons"], start=1)
        )


class Migration(migrations.Migration):
    dependencies = [("warranty", "0003_phone_proof"), ("catalog", "0003_for_shops_in_use"), ("core", "0002_shop_page")]
    operations = [migrations.RunPython(furnish, migrations.RunPython.noop)]
