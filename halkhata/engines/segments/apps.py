from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "halkhata.engines.segments"
    label = "segments"

    def ready(self) -> None:
        from halkhata.engines.segments import handlers as handlers
        from halkhata.engines.segments import registrations

        registrations.register_all()
