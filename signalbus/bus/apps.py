from django.apps import AppConfig


class BusConfig(AppConfig):
    name = "signalbus.bus"
    label = "bus"
