"""What an older book gets: one owner for each number, coded places, texts to search in."""

from django.db import migrations

from halkhata.records.customers.country_packs import read_place
from halkhata.records.customers.selectors.search_keys import text_of

BATCH = 2_000

_OWNERS = """
UPDATE customers_contactpoint SET is_owner = %s
WHERE customer_id IN (SELECT id FROM customers_customer WHERE merged_into_id IS NULL)
AND NOT EXISTS (
    SELECT 1 FROM customers_contactpoint other JOIN customers_customer holder ON holder.id = other.customer_id
    WHERE other.kind = customers_contactpoint.kind AND other.value = customers_contactpoint.value
    AND holder.merged_into_id IS NULL
    AND (other.is_primary > customers_contactpoint.is_primary
         OR (other.is_primary = customers_contactpoint.is_primary AND other.id < customers_contactpoint.id)))
"""


def fill(apps, schema_editor):
    """Fill the new columns and tables, in batches by id."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_OWNERS, [True])
    _places(apps.get_model("customers", "Address"))
    point = apps.get_model("customers", "ContactPoint")
    for model, text in (("Customer", "SearchText"), ("Organization", "OrganizationText")):
        _texts(apps.get_model("customers", model), apps.get_model("customers", text), point, model.lower())


def _places(addresses):
    last = 0
    while batch := list(addresses.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        changed = []
        for address in batch:
            place = read_place(address.country, address.district, address.upazila)
            if place.district_code:
                address.district_code, address.upazila_code = place.district_code, place.upazila_code
                changed.append(address)
        addresses.objects.bulk_update(changed, ["district_code", "upazila_code"], batch_size=400)
        last = batch[-1].pk


def _texts(holders, texts, points, column):
    merged = {"merged_into__isnull": True} if column == "customer" else {}
    last = 0
    while batch := list(
        holders.objects.filter(pk__gt=last, **merged).order_by("pk").values_list("pk", "name_bn", "name_en")[:BATCH]
    ):
        contacts = {pk: [] for pk, _bn, _en in batch}
        between = {f"{column}__gte": batch[0][0], f"{column}__lte": batch[-1][0]}
        for pk, kind, value in points.objects.filter(**between).order_by().values_list(
            f"{column}_id", "kind", "value"
        ):
            if pk in contacts:
                contacts[pk].append((kind, value))
        found = ((pk, text_of(names=(bn, en), contacts=contacts[pk])) for pk, bn, en in batch)
        texts.objects.bulk_create(texts(**{f"{column}_id": pk, "text": text}) for pk, text in found)
        last = batch[-1][0]


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_identity")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
