from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "halkhata.doors.portal"
    label = "portal"
