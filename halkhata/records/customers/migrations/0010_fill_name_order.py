from django.db import migrations, models

from halkhata.foundation.core.bengali_order import name_key

BATCH = 2_000


def fill(apps, schema_editor):
    """Give every customer of an older book the place in the list by name, in batches by id."""
    texts = apps.get_model("customers", "SearchText")
    last = 0
    while batch := list(
        texts.objects.filter(pk__gt=last)
        .order_by("pk")
        .values_list("pk", "customer__name_bn", "customer__name_en")[:BATCH]
    ):
        places = [(name_key(bn or en), name_key(en or bn), pk) for pk, bn, en in batch]
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE customers_searchtext SET order_bn = %s, order_en = %s WHERE customer_id = %s", places
            )
        last = batch[-1][0]


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_name_order")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        *(
            migrations.AddIndex(
                model_name="searchtext",
                index=models.Index(fields=[f"order_{language}", "customer"], name=f"customers_by_name_{language}"),
            )
            for language in ("bn", "en")
        ),
    ]
