from django.db import migrations, models

from halkhata.engines.work.stamped import StampedAgain


class Migration(migrations.Migration):
    """Steps of the escalation may ask for a category; those there are ask for none."""

    dependencies = [("work", "0016_answer_within_72_hours")]

    operations = [
        StampedAgain("work_escalationrule"),
        migrations.RemoveConstraint(model_name="escalationrule", name="work_escalation_rule_once"),
        migrations.AddField(
            model_name="escalationrule",
            name="category",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddConstraint(
            model_name="escalationrule",
            constraint=models.UniqueConstraint(
                fields=("kind", "category", "priority", "segment", "metric", "level", "trigger", "threshold"),
                name="work_escalation_rule_once",
            ),
        ),
        StampedAgain("work_escalationrule"),
    ]
