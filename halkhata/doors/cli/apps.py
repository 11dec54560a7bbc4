from django.apps import AppConfig


class CliConfig(AppConfig):
    name = "halkhata.doors.cli"
    label = "cli"
