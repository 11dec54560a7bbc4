from django.db import migrations

from halkhata.foundation.core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0001_initial")]

    operations = [AppendOnly("deliveries_deliverystep")]
