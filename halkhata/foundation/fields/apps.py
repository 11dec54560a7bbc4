from django.apps import AppConfig


class FieldsConfig(AppConfig):
    name = "halkhata.foundation.fields"
    label = "fields"

    def ready(self) -> None:
        from halkhata.foundation.fields import registrations

        registrations.register_all()
