from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    """The returns desk: requests, inspection, disposition, refund, replacement."""

    name = "halkhata.desks.returns"
    label = "returns"

    def ready(self) -> None:
        from halkhata.desks.returns import personal, registrations

        registrations.register_all()
        personal.register()
