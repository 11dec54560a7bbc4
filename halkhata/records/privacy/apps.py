from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "halkhata.records.privacy"
    label = "privacy"

    def ready(self) -> None:
        from halkhata.records.privacy import registrations

        registrations.register_all()
