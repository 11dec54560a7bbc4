from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "halkhata.records.customers"
    label = "customers"
