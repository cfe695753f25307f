"""Whose own the API keys of the current schema's tenant are."""

from collections.abc import Iterable, Mapping

from django.contrib.auth import get_user_model

from tenants.models import ApiKey


def owners_of(keys: Iterable[ApiKey]) -> Mapping[int, str]:
    """Id → name of the users whose own keys these are; asked for all together, if there are any."""
    ids = {key.owner_id for key in keys if key.owner_id is not None}
    if not ids:
        return {}
    users = get_user_model().objects.filter(pk__in=ids)
    return {user.pk: user.get_username() for user in users}
