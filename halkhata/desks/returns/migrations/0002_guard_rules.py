from django.db import migrations

from halkhata.desks.returns.guard_rules import ReturnsGuard
from halkhata.foundation.core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("returns", "0001_initial")]
    operations = [AppendOnly("returns_returnpolicy"), ReturnsGuard()]
