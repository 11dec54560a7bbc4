from django.apps import AppConfig


class CliConfig(AppConfig):
    name = "halkhata.doors.cli"
    label = "cli"

    def ready(self) -> None:
        from halkhata.doors.cli import demo_data as story
        from halkhata.foundation.core.registry import DemoData, demo_data

        demo_data.register("demo", DemoData(load=story.load_demo, clear=story.clear_demo))
