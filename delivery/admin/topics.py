"""What the search boxes of lists find by the beginning of a topic.

The topics of policies are few, and each is looked up in the index as it stands: a search for what
begins so, in a table of millions, would need another one.
"""

from notifications.models import Policy


def beginning_with(text: str) -> list[str]:
    """The topics of policies that begin so, after the text itself: its policy may be gone."""
    known = Policy.objects.filter(topic__istartswith=text).order_by("topic")
    return list(dict.fromkeys([text, *known.values_list("topic", flat=True)]))
