from django.db import migrations

from halkhata.desks.claims.guards import ClaimGuards
from halkhata.foundation.core.append_only import AppendOnly


class Migration(migrations.Migration):
    """What the database itself keeps about claims."""

    dependencies = [("claims", "0001_initial")]
    operations = [AppendOnly("claims_companycredit"), ClaimGuards()]
