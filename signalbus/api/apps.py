from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "signalbus.api"
    label = "api"
