from django.db import migrations

from halkhata.foundation.core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0004_parcels")]

    operations = [AppendOnly("deliveries_parcelevent")]
