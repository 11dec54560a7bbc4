from django.db import migrations, models

# Why not AddField: SQLite would write the table anew, and the index of the texts with it.
_TYPES = {"postgresql": "bytea DEFAULT '\\x'::bytea NOT NULL", "sqlite": "BLOB DEFAULT X'' NOT NULL"}
_COLUMNS = ("order_bn", "order_en")


def add(apps, schema_editor):
    """The columns, filled with their default at once."""
    for column in _COLUMNS:
        kind = _TYPES[schema_editor.connection.vendor]
        schema_editor.execute(f'ALTER TABLE "customers_searchtext" ADD COLUMN "{column}" {kind}')


def drop(apps, schema_editor):
    """Take them away again."""
    for column in _COLUMNS:
        schema_editor.execute(f'ALTER TABLE "customers_searchtext" DROP COLUMN "{column}"')


class Migration(migrations.Migration):
    """Where a customer stands in a list by name."""

    dependencies = [("customers", "0008_own_fields")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(add, drop)],
            state_operations=[
                migrations.AddField(
                    model_name="searchtext", name=column, field=models.BinaryField(db_default=b"", default=b"")
                )
                for column in _COLUMNS
            ],
        )
    ]
