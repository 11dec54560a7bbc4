from django.db import migrations

from halkhata.desks.returns.deposit_rules import DepositGuard
from halkhata.foundation.core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("returns", "0004_advance_replacement")]
    operations = [AppendOnly("returns_advanceterms"), AppendOnly("returns_depositentry"), DepositGuard()]
