from django.db import migrations

from halkhata.foundation.core.trigrams import TrigramIndex


class Migration(migrations.Migration):
    """Any part of a name, number, address or id finds its customer."""

    dependencies = [("customers", "0005_fill_identity")]
    operations = [
        TrigramIndex("customers_searchtext", "text", "customer_id"),
        TrigramIndex("customers_organizationtext", "text", "organization_id"),
    ]
