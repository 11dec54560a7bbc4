from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("warranty", "0002_frozen_terms")]
    operations = [
        migrations.AddField(
            model_name="registration",
            name="work_number",
            field=models.CharField(blank=True, db_index=True, default="", max_length=24),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="registration",
            name="phone_confirmed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
