from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "halkhata.foundation.audit"
    label = "audit"
