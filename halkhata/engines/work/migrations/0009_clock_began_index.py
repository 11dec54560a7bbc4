from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0008_people_and_training")]
    operations = [
        migrations.AddIndex(
            model_name="slaclock",
            index=models.Index(fields=["-started_at", "-id"], name="work_clock_began"),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(fields=["-resolved_at", "-id"], name="work_item_solved"),
        ),
    ]
