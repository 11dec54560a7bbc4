from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "halkhata.doors.api"
    label = "api"
