from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "halkhata.doors.portal"
    label = "portal"

    def ready(self) -> None:
        from halkhata.doors.portal import personal, registrations

        registrations.register_all()
        personal.register()
