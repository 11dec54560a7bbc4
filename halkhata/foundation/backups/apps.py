from django.apps import AppConfig


class BackupsConfig(AppConfig):
    name = "halkhata.foundation.backups"
    label = "backups"

    def ready(self) -> None:
        from halkhata.foundation.backups import registrations

        registrations.register_all()
