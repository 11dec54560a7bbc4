from django.db import migrations

# Why: LIKE 'x%' uses a B-tree on PostgreSQL only with this operator class, unless the database's collation is "C".
# SQLite answers prefixes as ranges from the unique index (selectors/prefix.py).
INDEXES = {
    "customers_key_prefix": '"customers_searchkey" ("kind", "key" text_pattern_ops, "customer_id")',
    "customers_org_key_prefix": '"customers_organizationkey" ("kind", "key" text_pattern_ops, "organization_id")',
}


def create(apps, schema_editor):
    """Make the pattern indexes where the database needs them."""
    if schema_editor.connection.vendor == "postgresql":
        for name, columns in INDEXES.items():
            schema_editor.execute(f'CREATE INDEX "{name}" ON {columns}')


def drop(apps, schema_editor):
    """Take them away again."""
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f'DROP INDEX IF EXISTS "{name}"')


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_search_and_lists")]
    operations = [migrations.RunPython(create, drop)]
