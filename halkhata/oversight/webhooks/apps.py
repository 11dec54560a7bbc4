from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "halkhata.oversight.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from halkhata.oversight.webhooks import personal, registrations

        registrations.register_all()
        personal.register()
