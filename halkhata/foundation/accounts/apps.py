from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "halkhata.foundation.accounts"
    label = "accounts"
