"""What an expression asks for and which labels its result has, read from its syntax tree."""

from collections.abc import Callable, Iterator
from typing import Any

import promql_parser as promql

Labels = Callable[[str], frozenset[str]]


def selectors(text: str) -> list[promql.VectorSelector]:
    """Every metric that is asked for. Raises ValueError where the text is no PromQL."""
    return list(_selectors(promql.parse(text)))


def matchers(selector: promql.VectorSelector) -> list[promql.Matcher]:
    """The conditions in its braces."""
    return list(selector.matchers.matchers)


def missed(text: str, labels: Labels) -> set[str]:
    """The labels that an aggregation or a join goes by, and that what it is about does not have.

    For a join these are both of its sides: by a label that one of them lacks nothing ever meets.
    """
    found: set[str] = set()

    def note(node: Any) -> bool:
        found.update(_missed(node, labels))
        return True

    promql.walk(promql.parse(text), note)
    return found


def produced(text: str, labels: Labels) -> frozenset[str]:
    """The labels that the result may have; `labels` knows those of a metric."""
    return _produced(promql.parse(text), labels)


def _produced(node: Any, labels: Labels) -> frozenset[str]:
    match node:
        case promql.VectorSelector():
            return labels(node.name)
        case promql.MatrixSelector():
            return labels(node.vector_selector.name)
        case promql.AggregateExpr():
            return frozenset(node.modifier.labels if node.modifier else ())
        case promql.BinaryExpr() if str(node.op) in ("and", "unless"):
            return _produced(node.lhs, labels)
        case promql.BinaryExpr():
            return _produced(node.lhs, labels) | _produced(node.rhs, labels)
        case promql.ParenExpr() | promql.SubqueryExpr() | promql.UnaryExpr():
            return _produced(node.expr, labels)
        case promql.Call():
            return frozenset[str]().union(*(_produced(each, labels) for each in node.args))
        case _:
            return frozenset()


def _missed(node: Any, labels: Labels) -> set[str]:
    match node:
        case promql.AggregateExpr() if node.modifier:
            return set(node.modifier.labels) - _produced(node.expr, labels)
        case promql.BinaryExpr() if node.modifier and node.modifier.matching:
            sides = _produced(node.lhs, labels) & _produced(node.rhs, labels)
            return set(node.modifier.matching.labels) - sides
        case _:
            return set()


def _selectors(node: Any) -> Iterator[promql.VectorSelector]:
    found: list[promql.VectorSelector] = []

    def note(each: Any) -> bool:
        if isinstance(each, promql.VectorSelector):
            found.append(each)
        if isinstance(each, promql.MatrixSelector):
            found.append(each.vector_selector)
        return True

    promql.walk(node, note)
    yield from {id(each): each for each in found}.values()
