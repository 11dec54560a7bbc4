from django.apps import AppConfig


class WarrantyConfig(AppConfig):
    """What is covered: policies, covers frozen on units, certificates, coupons."""

    name = "halkhata.records.warranty"
    label = "warranty"

    def ready(self) -> None:
        from halkhata.records.warranty import handlers as handlers
        from halkhata.records.warranty import personal, registrations

        registrations.register_all()
        personal.register()
