from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "halkhata.engines.messaging"
    label = "messaging"

    def ready(self) -> None:
        from halkhata.engines.messaging import registrations

        registrations.register_all()
