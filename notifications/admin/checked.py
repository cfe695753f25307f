"""Form fields checked by the same functions as requests of the API."""

from collections.abc import Callable

from django.core.exceptions import ValidationError

from notifications import fields


def checked(check: Callable[[str], str], value: str) -> str:
    """The value as it is stored. Raises ValidationError with the API's words."""
    try:
        return check(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def address(channel: str, value: str) -> str:
    """An address of the channel as it is stored. Raises ValidationError."""
    form = fields.ADDRESS_FORMS.get(channel)
    return checked(form, value) if form else value
