from django.db import migrations

from halkhata.foundation.core.append_only import AppendOnly
from halkhata.records.stock.ledger_rules import LedgerKeepsTheBooks


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial")]
    operations = [AppendOnly("stock_movement"), LedgerKeepsTheBooks()]
