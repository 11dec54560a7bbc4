from django.apps import AppConfig


class ChatConfig(AppConfig):
    """Conversations by WhatsApp and Messenger."""

    name = "halkhata.engines.chat"
    label = "chat"

    def ready(self) -> None:
        from halkhata.engines.chat import personal, registrations

        registrations.register_all()
        personal.register()
