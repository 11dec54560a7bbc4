from django.apps import AppConfig


class StockConfig(AppConfig):
    """Where goods are: places and the double-entry ledger of movements."""

    name = "halkhata.records.stock"
    label = "stock"

    def ready(self) -> None:
        from halkhata.records.stock import personal, registrations

        registrations.register_all()
        personal.register()
