"""The root of the errors that Signalbus raises itself."""


class SignalbusError(Exception):
    """Something that went wrong and that whoever reads the message can act upon."""


class SettingError(SignalbusError):
    """An environment variable that is missing or cannot be read; the message names the remedy."""
