"""What a benchmark cannot measure."""


class MeasureError(Exception):
    """A measure could not be made; the message says why."""
