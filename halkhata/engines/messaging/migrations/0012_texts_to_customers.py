import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A short text may go to a customer about no item: an offer to many has none."""

    dependencies = [
        ("customers", "0008_own_fields"),
        ("messaging", "0011_short_text_rules"),
        ("work", "0014_list_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="textmessage",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="short_texts",
                to="customers.customer",
            ),
        ),
        migrations.AlterField(
            model_name="textmessage",
            name="item",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="texts",
                to="work.workitem",
            ),
        ),
        migrations.AddConstraint(
            model_name="textmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("customer__isnull", True), ("item__isnull", False)),
                    models.Q(("customer__isnull", False), ("item__isnull", True)),
                    _connector="OR",
                ),
                name="messaging_text_has_one_holder",
            ),
        ),
    ]
