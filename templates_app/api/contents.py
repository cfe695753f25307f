"""From the content in a body to one that can be stored, or what is wrong with it."""

from signalbus.api.problems import PointedError, invalid
from signalbus.core import locales
from templates_app import services
from templates_app.api.shapes import ContentIn
from templates_app.services import Content, ContentError


def content_of(asked: ContentIn, pointer: str = "") -> Content:
    """The content to store or render. Raises Problem `invalid` below that pointer."""
    content, error = examined(asked, pointer)
    if error:
        raise invalid(error)
    return content


def contents_of(asked: list[ContentIn], pointer: str) -> list[Content]:
    """The contents of a list. Raises Problem `invalid` with an error for each that is wrong."""
    pairs = [examined(each, f"{pointer}/{index}") for index, each in enumerate(asked)]
    errors = [error for _, error in pairs if error]
    if errors:
        raise invalid(*errors)
    return [content for content, _ in pairs]


def examined(asked: ContentIn, pointer: str) -> tuple[Content, PointedError | None]:
    """The content with its locale in the usual form, and what is wrong with it, if anything."""
    locale = locales.canonical(asked.locale)
    content = Content(
        channel=asked.channel,
        locale=locale or asked.locale,
        subject=asked.subject,
        text=asked.text,
        html=asked.html,
    )
    if locale is None:
        return content, unknown_locale(pointer)
    try:
        services.check(content)
    except ContentError as error:
        return content, PointedError(f"{pointer}/{error.field}", str(error))
    return content, None


def unknown_locale(pointer: str) -> PointedError:
    """The error for a locale that CLDR does not know."""
    return PointedError(f"{pointer}/locale", locales.UNKNOWN)
