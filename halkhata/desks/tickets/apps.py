from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "halkhata.desks.tickets"
    label = "tickets"
