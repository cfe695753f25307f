from importlib import import_module

from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    """An app of its own, since its tables stand in every schema and those of `tenants` do not."""

    name = "tenants.operators"
    label = "operators"

    def ready(self) -> None:
        import_module("tenants.operators.receivers")
