from django.db import migrations, models

from halkhata.engines.work.stamped import Stamped


class Migration(migrations.Migration):
    dependencies = [("work", "0003_silence_index")]
    operations = [
        migrations.CreateModel(
            name="TermsStamp",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("value", models.CharField(max_length=40)),
            ],
        ),
        Stamped(
            "work_slapolicy",
            "work_slatarget",
            "work_businesscalendar",
            "work_calendarinterval",
            "work_calendarday",
            "work_calendardayinterval",
            "work_branchcalendar",
            "work_escalationrule",
            "work_checklisttemplate",
            "work_checklisttemplateline",
        ),
    ]
