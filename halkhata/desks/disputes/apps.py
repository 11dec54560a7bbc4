from django.apps import AppConfig


class DisputesConfig(AppConfig):
    """The dispute desk: evidence, neutral panel, reasoned decision."""

    name = "halkhata.desks.disputes"
    label = "disputes"

    def ready(self) -> None:
        from halkhata.desks.disputes import evidence, personal, registrations

        registrations.register_all()
        evidence.register()
        personal.register()
