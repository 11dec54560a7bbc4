from django.db import migrations

from halkhata.desks.disputes.guards import DisputeGuards
from halkhata.foundation.core.append_only import AppendOnly


class Migration(migrations.Migration):
    """What only grows, and the steps the database itself keeps."""

    dependencies = [("disputes", "0001_initial"), ("work", "0014_list_indexes")]
    operations = [
        AppendOnly("disputes_evidenceitem"),
        AppendOnly("disputes_factnote"),
        AppendOnly("disputes_interest"),
        AppendOnly("disputes_vote"),
        AppendOnly("disputes_decisionrecord"),
        DisputeGuards(),
    ]
