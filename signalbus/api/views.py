"""The base of every API view: reads bodies into structs and answers with structs."""

from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.http import Http404
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.views import APIView

from signalbus.api import shapes
from signalbus.api.idempotent import Repeats
from signalbus.api.operations import Operation
from signalbus.api.rendering import raw_body, read_body

T = TypeVar("T")


class JSONAlways(BaseContentNegotiation):
    """There is one format, so what a client says it accepts changes nothing."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class APIResource(APIView):
    """`operations` says, per HTTP method in lower case, what the OpenAPI document tells of it.

    After authentication `request.auth` is the key (with `.mode`) and `request.tenant` the tenant.
    """

    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    content_negotiation_class = JSONAlways
    operations: ClassVar[dict[str, Operation]] = {}
    large_body: ClassVar[bool] = False
    secret_answer: ClassVar[bool] = False

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if any("\x00" in value for value in kwargs.values() if isinstance(value, str)):
            raise Http404

    @classmethod
    def described(cls) -> dict[str, Operation]:
        """The operations by method; bases that know more make them up from what they know."""
        return cls.operations

    @property
    def mode(self) -> str:
        """The key's mode: all that the request may see and make."""
        key: Any = self.request.auth
        return str(key.mode)

    @property
    def repeats(self) -> Repeats:
        """Whose Idempotency-Key the request's is."""
        request: Any = self.request
        tenant = request.tenant
        return Repeats(owner=tenant.id, mode=self.mode, hours=tenant.idempotency_hours)

    def read(self, type_: type[T]) -> T:
        """The body as that type. Raises Problem for every way in which it may be wrong."""
        return shapes.decode(read_body(self.request._request, self._limit()), type_)

    def read_if_any(self, type_: type[T]) -> T:
        """The same, where no body is as good as an empty object."""
        return self.read(type_) if self.raw_body().strip() else shapes.convert({}, type_)

    def raw_body(self) -> bytes:
        """The body's bytes, whatever they are, within the limit of this view."""
        return raw_body(self.request._request, self._limit())

    def _limit(self) -> int:
        return settings.MAX_BATCH_BODY_BYTES if self.large_body else settings.MAX_BODY_BYTES
