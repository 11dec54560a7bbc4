from datetime import timedelta

from django.db import migrations
from django.db.models import F
from django.utils import timezone


def count(apps, schema_editor):
    """What went within the last seven days counts from the beginning, so that nobody hears from us twice as often."""
    since = timezone.now() - timedelta(days=8)
    mails = apps.get_model("messaging", "Delivery").objects.filter(state="sent", sent_at__gte=since, is_demo=False)
    mails.exclude(purpose="service").update(counted_at=F("sent_at"))
    texts = apps.get_model("messaging", "TextMessage").objects.filter(purpose="offer", settled_at__gte=since)
    texts.filter(state__in=["sent", "by_hand", "in_doubt"], is_demo=False).update(counted_at=F("settled_at"))


class Migration(migrations.Migration):
    """Fills the times by which a customer's week is counted."""

    dependencies = [("messaging", "0017_send_checks")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
