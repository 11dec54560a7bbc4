from django.apps import AppConfig


class SmsConfig(AppConfig):
    """Short texts over a gateway: carried, reported, received."""

    name = "halkhata.engines.sms"
    label = "sms"

    def ready(self) -> None:
        from halkhata.engines.sms import personal, registrations

        registrations.register_all()
        personal.register()
