from django.apps import AppConfig


class AftercareConfig(AppConfig):
    """The aftercare desk: service reminders, recalls, renewals, the service network."""

    name = "halkhata.desks.aftercare"
    label = "aftercare"

    def ready(self) -> None:
        from halkhata.desks.aftercare import handlers as handlers
        from halkhata.desks.aftercare import personal, registrations

        registrations.register_all()
        personal.register()
