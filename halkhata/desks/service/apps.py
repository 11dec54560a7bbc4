from django.apps import AppConfig


class ServiceConfig(AppConfig):
    """The service desk: job cards from gate to gate."""

    name = "halkhata.desks.service"
    label = "service"

    def ready(self) -> None:
        from halkhata.desks.service import handlers as handlers
        from halkhata.desks.service import personal, registrations

        registrations.register_all()
        personal.register()
