from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """The claims desk: claims to manufacturers, evidence packs, credit notes, recovery."""

    name = "halkhata.desks.claims"
    label = "claims"

    def ready(self) -> None:
        from halkhata.desks.claims import personal, registrations

        registrations.register_all()
        personal.register()
