from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "halkhata.doors.web"
    label = "web"
