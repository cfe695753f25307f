"""How an operator is named in the history of what they did."""

from django.http import HttpRequest


def actor(request: HttpRequest) -> str:
    """The user's name, with the word that tells it from a key's."""
    return f"user {request.user.get_username()}"
