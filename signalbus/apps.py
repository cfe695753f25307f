from django.apps import AppConfig


class SignalbusConfig(AppConfig):
    name = "signalbus"

    def ready(self) -> None:
        """Whatever Django was set up for writes its log as JSON from here on."""
        from signalbus.checks import registry
        from signalbus.core import logs

        logs.configure()
        registry.install()
