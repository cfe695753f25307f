"""Moments that operators enter, taken as those of the API are."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from signalbus.core.moments import in_utc


def checked(moment: datetime | None) -> datetime | None:
    """The moment in UTC. Raises ValidationError for what is too far."""
    try:
        return moment and in_utc(moment, datetime.now(UTC))
    except ValueError as error:
        raise ValidationError(str(error)) from error


class MomentField(forms.DateTimeField):
    """One moment, with an offset or in UTC."""

    def clean(self, value: Any) -> datetime | None:
        return checked(super().clean(value))
