from django.db import migrations

from halkhata.foundation.core.append_only import AppendOnly
from halkhata.foundation.core.trigrams import TrigramIndex


class Migration(migrations.Migration):
    """The lines of a unit's life only grow; any part of an identifier finds its unit."""

    dependencies = [("catalog", "0001_initial")]
    operations = [
        AppendOnly("catalog_unitlife"),
        TrigramIndex("catalog_unitidentifier", "folded", "id"),
    ]
