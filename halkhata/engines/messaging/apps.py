from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "halkhata.engines.messaging"
    label = "messaging"

    def ready(self) -> None:
        from halkhata.engines.messaging import personal, registrations

        registrations.register_all()
        personal.register()
