from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "halkhata.desks.tickets"
    label = "tickets"

    def ready(self) -> None:
        from halkhata.desks.tickets import handlers as handlers
        from halkhata.desks.tickets import registrations

        registrations.register_all()
