from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("work", "0004_terms_stamp")]
    operations = [
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(fields=["state_flag", "id"], condition=Q(state_flag="paused"), name="work_item_paused"),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                fields=["escalation_level", "id"],
                condition=~Q(state_flag="resolved") & Q(escalation_level__gt=0),
                name="work_item_escalated",
            ),
        ),
        migrations.AddIndex(
            model_name="workitem",
            index=models.Index(
                fields=["first_response_at", "id"],
                condition=~Q(state_flag="resolved") & Q(first_response_at__isnull=True, planned_at__isnull=True),
                name="work_item_unanswered",
            ),
        ),
    ]
