"""The answers of a block's commands beside those that the page shows."""

import json
from collections.abc import Callable, Iterator, Mapping

from tests.documents import elided
from tests.documents.likeness import is_like, unlike


def _json(shown: str, real: str) -> Iterator[str]:
    return unlike(elided.loads(shown), json.loads(real))


def _http(shown: str, real: str) -> Iterator[str]:
    """Status line, the headers that are shown, and the body if one is."""
    (first, wanted, body), (status, headers, content) = _parts(shown), _parts(real)
    if not is_like(first, status):
        yield f"{first!r} is shown, and not {status!r}"
    for name, value in wanted.items():
        if not is_like(value, headers.get(name, "")):
            yield f"{name}: {value!r} is shown, and not {headers.get(name)!r}"
    if body:
        yield from _json(body, content)


def _text(shown: str, real: str) -> Iterator[str]:
    """The shown lines of a stream are among the real ones, in the same order."""
    left = iter(line.strip() for line in real.splitlines())
    for line in filter(None, shown.splitlines()):
        if not any(_same_line(line, other) for other in left):
            yield f"{line!r} is shown, and is not there in that order"


def _same_line(shown: str, real: str) -> bool:
    name, _, data = shown.partition(": ")
    if name != "data":
        return is_like(shown, real)
    told = real.removeprefix("data: ")
    return real != told and not list(unlike(elided.loads(data), json.loads(told)))


def _parts(text: str) -> tuple[str, Mapping[str, str], str]:
    head, _, body = text.replace("\r", "").partition("\n\n")
    first, *lines = head.strip().splitlines()
    pairs = (line.partition(": ") for line in lines)
    return first, {name.lower(): value for name, _, value in pairs}, body


KINDS: Mapping[str, Callable[[str, str], Iterator[str]]] = {
    "json": _json,
    "http": _http,
    "text": _text,
}


def differences(kind: str, shown: str, real: str) -> list[str]:
    """What of the answer is not as shown; what cannot even be read is one difference."""
    try:
        return list(KINDS[kind](shown, real))
    except (ValueError, LookupError) as error:
        return [f"{error!r}: {real[-2000:]!r}"]
