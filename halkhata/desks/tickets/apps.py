from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "halkhata.desks.tickets"
    label = "tickets"

    def ready(self) -> None:
        from halkhata.desks.tickets import handlers as handlers
        from halkhata.desks.tickets import own_fields, personal, registrations, segment_fields

        registrations.register_all()
        personal.register()
        own_fields.register()
        segment_fields.register()
