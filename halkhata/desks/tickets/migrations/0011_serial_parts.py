from django.db import migrations

from halkhata.foundation.core.trigrams import TrigramIndex


class Migration(migrations.Migration):
    """Any part of a serial number finds its tickets."""

    dependencies = [("tickets", "0010_serial_prefix")]
    operations = [TrigramIndex("tickets_ticket", "serial", "workitem_ptr_id")]
