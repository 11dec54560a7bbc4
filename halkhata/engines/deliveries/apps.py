from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    """Promised dates of hand-over, told before they slip."""

    name = "halkhata.engines.deliveries"
    label = "deliveries"

    def ready(self) -> None:
        from halkhata.engines.deliveries import parcel_registrations, personal, registrations

        registrations.register_all()
        parcel_registrations.register_all()
        personal.register()
