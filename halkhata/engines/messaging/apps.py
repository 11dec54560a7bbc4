from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "halkhata.engines.messaging"
    label = "messaging"
