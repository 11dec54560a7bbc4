from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("work", "0009_clock_began_index")]
    operations = [
        migrations.AddIndex(
            model_name="absence",
            index=models.Index(fields=["ends_at", "starts_at", "user"], name="work_absence_now"),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                condition=~Q(state_flag="resolved") & Q(given_why__isnull=False),
                fields=["next_due_at", "id"],
                name="work_item_unassigned",
            ),
        ),
    ]
