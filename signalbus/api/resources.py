"""Bases of the plain resources: a collection (list, create), its items (get, patch, delete).

A resource says what its rows are, how they are shown, and calls services to create, change and
remove; pages, filters, problems, transactions and Idempotency-Key come from here.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from signalbus.api.conflicts import NOTHING, Unique, conflict, in_use
from signalbus.api.filters import Filter, matching
from signalbus.api.idempotent import idempotent
from signalbus.api.operations import Operation
from signalbus.api.pagination import PAGE_PARAMETERS, Page, paginate
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource

M = TypeVar("M", bound=Model)
LISTING = "Newest first; filters take exact values and may be combined."


class Resource(APIResource, Generic[M]):
    """What a collection and its items have in common.

    `noun` and `nouns` name it in the OpenAPI document, `answer` is the struct it is shown as;
    `unique` is the field by which no two are the same, where there is one.
    """

    noun: ClassVar[str]
    nouns: ClassVar[str]
    answer: ClassVar[Any]
    unique: ClassVar[Unique] = NOTHING

    def rows(self) -> QuerySet[M]:
        """The rows that this key may see; narrowed by mode where the model has one."""
        raise NotImplementedError

    def show(self, rows: Sequence[M]) -> list[Any]:
        """The rows as answer structs, in order, with a number of queries that does not grow."""
        raise NotImplementedError

    def shown(self, row: M) -> Any:
        """One row as its answer struct."""
        return self.show([row])[0]


class Collection(Resource[M]):
    """GET lists newest first, POST creates. `body` is the struct that POST takes."""

    body: ClassVar[type[msgspec.Struct]]
    filters: ClassVar[Sequence[Filter]] = ()
    created_answer: ClassVar[Any] = None  # where a creation's answer says more

    @classmethod
    def described(cls) -> dict[str, Operation]:
        query = tuple(each.parameter for each in cls.filters) + PAGE_PARAMETERS
        page: Any = Page[cls.answer]  # type: ignore[name-defined]
        listing = Operation(
            summary=f"List {cls.nouns}", description=LISTING, answer=page, query=query
        )
        creation = Operation(
            summary=f"Create {cls.noun}",
            body=cls.body,
            answer=cls.created_answer or cls.answer,
            status=201,
            problems=("conflict",),
        )
        return {"get": listing, "post": creation, **cls.operations}

    def lists(self) -> Sequence[QuerySet[Any]]:
        """What is listed, as one: the rows, and others that stand beside them."""
        return (self.rows(),)

    def create(self, asked: Any) -> M:
        """Make what the body asks for. Raises Problem where it may not be."""
        raise NotImplementedError

    def created(self, row: M) -> Any:
        """The answer to a creation; differs from `shown` where a secret is shown once."""
        return self.shown(row)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        lists = [matching(rows, request.GET, self.filters) for rows in self.lists()]
        rows, older, newer = paginate(request, *lists)
        return JSONAnswer(Page(results=self.show(rows), next=older, previous=newer))

    @idempotent
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = self.read(self.body)
        try:
            row = self.create(asked)
        except IntegrityError as error:
            raise conflict(error, self.noun, self.unique, asked) from error
        return JSONAnswer(self.created(row), 201)


class Item(Resource[M]):
    """GET shows, PATCH changes, DELETE removes. `changes` is the struct that PATCH takes.

    Fields of `changes` default to msgspec.UNSET: what is not named stays as it is. `key` is the
    model's field that the address names by the same word.
    """

    changes: ClassVar[type[msgspec.Struct]]
    key: ClassVar[str] = "id"

    @classmethod
    def described(cls) -> dict[str, Operation]:
        return {
            "get": Operation(summary=f"Show {cls.noun}", answer=cls.answer),
            "patch": Operation(
                summary=f"Change {cls.noun}",
                description="What is not named stays as it is.",
                body=cls.changes,
                answer=cls.answer,
                problems=("conflict",),
            ),
            "delete": Operation(summary=f"Delete {cls.noun}", status=204, problems=("conflict",)),
            **cls.operations,
        }

    def change(self, row: M, changes: Any) -> M:
        """Apply the changes. Raises Problem where they may not be."""
        raise NotImplementedError

    def remove(self, row: M) -> None:
        """Delete the row. Raises Problem where it is still needed."""
        row.delete()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return JSONAnswer(self.shown(self.row(self.rows())))

    def patch(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        changes = self.read(self.changes)
        try:
            with transaction.atomic():
                row = self.change(self.row(self.rows().select_for_update(of=("self",))), changes)
        except IntegrityError as error:
            raise conflict(error, self.noun, self.unique, changes) from error
        return JSONAnswer(self.shown(row))

    def delete(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            row = self.row(self.rows().select_for_update(of=("self",)))
            try:
                self.remove(row)
            except ProtectedError as error:
                raise in_use(error) from error
        return HttpResponse(status=204)

    def row(self, rows: QuerySet[M]) -> M:
        """The row that the address names. Raises Http404 where this key sees none."""
        found = rows.filter(**{self.key: self.kwargs[self.key]}).first()
        if found is None:
            raise Http404
        return found


def set_fields(row: Model, changes: msgspec.Struct, names: Sequence[str]) -> None:
    """Put the named fields of the changes that are set into the row; saving is the caller's."""
    for name in names:
        value = getattr(changes, name)
        if value is not msgspec.UNSET:
            setattr(row, name, value)
