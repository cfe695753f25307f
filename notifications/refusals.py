"""The refusals of requests that are right in themselves, each with the next step. Pure."""

from collections.abc import Sequence

from notifications.values import Asked, Refused
from signalbus.api.problems import PointedError, summary

SAME_KEY = "The batch itself came with this Idempotency-Key: give the item one of its own."


def invalid(*errors: PointedError) -> Refused:
    """The refusal for values that do not fit."""
    return Refused(kind="invalid", detail=summary(errors), errors=errors)


def no_policy(
    topic: str, *, switched_off: bool, near: Sequence[str] = (), at: str | None = None
) -> Refused:
    """The refusal of a topic whose policy is missing, or off.

    `near` are topics that may have been meant; `at` points to the topic, None where it stands in
    the path.
    """
    detail = (
        f"The policy of the topic {topic!r} is switched off. Switch it on with "
        f'PATCH /api/v1/policies/{topic} and {{"enabled": true}}.'
        if switched_off
        else f"The topic {topic!r} has no policy.{_meant(near)} "
        "Make one with POST /api/v1/policies."
    )
    errors = () if at is None else (PointedError(at, detail),)
    return Refused(kind="no-policy", detail=detail, errors=errors)


def no_template(asked: Asked, template: str, near: Sequence[str]) -> Refused:
    """The refusal of a direct message whose template is not there; `near` may have been meant."""
    return _one(
        asked.at + "/template",
        f"There is no template {template!r}.{_meant(near)} Make one with POST /api/v1/templates, "
        "or send `text` instead.",
    )


def no_text(asked: Asked, template: str, channel: str) -> Refused:
    """The refusal of a direct message whose template has nothing to say."""
    return _one(
        asked.at + "/template",
        f"The template {template!r} has no published text for {channel}. Publish one with "
        f"POST /api/v1/templates/{template}/versions, or send `text` instead.",
    )


def no_channel(asked: Asked, index: int, channel: str, offered: Sequence[str]) -> Refused:
    """The refusal of a channel that the topic's policy does not have."""
    return _one(
        f"{asked.at}/channels/{index}",
        f"The policy of {asked.topic} has no channel {channel}. It has {', '.join(offered)}: "
        "choose of these, or add the channel to the policy.",
    )


def unknown_recipient(asked: Asked) -> Refused:
    """The refusal of an id that nobody has."""
    return _one(
        asked.person_at,
        f"No recipient has the id {asked.person.external_id!r}. Send an object with the id and "
        "an address instead, and it is made.",
    )


def same_key(asked: Asked) -> Refused:
    """The refusal of an item that takes its batch's own key for itself."""
    return _one(f"{asked.at}/idempotency_key", SAME_KEY)


def _meant(near: Sequence[str]) -> str:
    return f" Did you mean {' or '.join(near)}?" if near else ""


def _one(pointer: str, detail: str) -> Refused:
    return invalid(PointedError(pointer, detail))
