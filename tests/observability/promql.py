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


def grouped_by(text: str) -> set[str]:
    """The labels that aggregations and joins name."""
    named: set[str] = set()

    def note(node: Any) -> bool:
        if isinstance(node, promql.AggregateExpr) and node.modifier:
            named.update(node.modifier.labels)
        return True

    promql.walk(promql.parse(text), note)
    return named


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
        case promql.BinaryExpr():
            return _produced(node.lhs, labels) | _produced(node.rhs, labels)
        case promql.ParenExpr() | promql.SubqueryExpr() | promql.UnaryExpr():
            return _produced(node.expr, labels)
        case promql.Call():
            return frozenset[str]().union(*(_produced(each, labels) for each in node.args))
        case _:
            return frozenset()


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
