from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_for_shops_in_use")]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="batch",
            field=models.CharField(blank=True, max_length=40, null=True, verbose_name="batch"),
        ),
        migrations.AddIndex(
            model_name="unit",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)), fields=["product", "batch"], name="catalog_unit_by_batch"
            ),
        ),
    ]
