from django.apps import AppConfig


class DisputesConfig(AppConfig):
    """The dispute desk: evidence, neutral panel, reasoned decision."""

    name = "halkhata.desks.disputes"
    label = "disputes"

    def ready(self) -> None:
        from halkhata.desks.disputes import registrations

        registrations.register_all()
