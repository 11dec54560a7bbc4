from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Products, prices, purchases, and units: one serial number and its life."""

    name = "halkhata.records.catalog"
    label = "catalog"

    def ready(self) -> None:
        from halkhata.records.catalog import registrations

        registrations.register_all()
