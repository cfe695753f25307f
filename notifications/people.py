"""What a request changes of a recipient. Pure."""

from notifications.values import Known, Person


def merged(known: Known, given: Person) -> Known:
    """The recipient with what was given; what was not stays. The same object if nothing changes."""
    after = Known(
        external_id=known.external_id,
        id=known.id,
        locale=known.locale if given.locale is None else given.locale,
        time_zone=known.time_zone if given.time_zone is None else given.time_zone,
        attributes=known.attributes if given.attributes is None else given.attributes,
        addresses={**known.addresses, **given.addresses},
    )
    return known if after == known else after


def combined(first: Person, second: Person) -> Person:
    """Both changes as one: what the second gives holds."""
    return Person(
        external_id=second.external_id,
        addresses={**first.addresses, **second.addresses},
        locale=first.locale if second.locale is None else second.locale,
        time_zone=first.time_zone if second.time_zone is None else second.time_zone,
        attributes=first.attributes if second.attributes is None else second.attributes,
    )
