from django.db import migrations

from halkhata.desks.service.transitions_guard import GuardSteps

STEPS = (
    "in>diagnosed",
    "in>cancelled",
    "diagnosed>waiting_approval",
    "diagnosed>waiting_part",
    "diagnosed>working",
    "diagnosed>cancelled",
    "waiting_approval>diagnosed",
    "waiting_approval>waiting_part",
    "waiting_approval>working",
    "waiting_approval>cancelled",
    "waiting_part>diagnosed",
    "waiting_part>waiting_approval",
    "waiting_part>working",
    "waiting_part>cancelled",
    "working>waiting_approval",
    "working>waiting_part",
    "working>tested",
    "working>cancelled",
    "tested>working",
    "tested>ready",
    "ready>working",
    "ready>delivered",
)


class Migration(migrations.Migration):
    """A job card takes only these steps, whoever writes its row."""

    dependencies = [("service", "0001_initial"), ("work", "0014_list_indexes")]

    operations = [GuardSteps(STEPS, "in")]
