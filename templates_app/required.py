"""Which variables a template cannot do without, found by reading it.

Required is what is printed, assigned or looped over. Not required is what has a `default` filter,
what only stands in a condition, and what is used inside a block whose condition asks for it.
"""

from collections.abc import Iterable, Iterator

from liquid import RenderContext
from liquid.ast import ConditionalBlockNode, Node
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.tags.case_tag import CaseNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.expression import Expression

from templates_app.engine import Compiled

RESERVED = frozenset({"recipient", "topic"})  # always there; see rendering.variables
CONDITIONS = (IfNode, UnlessNode, CaseNode, ConditionalBlockNode)


def required_variables(templates: Iterable[Compiled]) -> tuple[str, ...]:
    """Dotted names, sorted: `order.id` for `{{ order.id }}`."""
    names: set[str] = set()
    for compiled in templates:
        scope: set[str] = set()
        static = RenderContext(compiled.template)
        for node in compiled.template.nodes:
            names.update(_of_node(node, static, scope, frozenset()))
    return tuple(sorted(names))


def _of_node(
    node: Node, static: RenderContext, scope: set[str], guards: frozenset[str]
) -> Iterator[str]:
    if isinstance(node, CONDITIONS):
        guards = guards | _names_in(node)
    else:
        for expression in node.expressions():
            yield from _free(expression, scope, guards)
    scope.update(map(str, node.template_scope()))
    inner = scope | set(map(str, node.block_scope()))
    for child in node.children(static, include_partials=False):
        yield from _of_node(child, static, inner, guards)
    scope.update(inner - set(map(str, node.block_scope())))


def _free(expression: Expression, scope: set[str], guards: frozenset[str]) -> Iterator[str]:
    for path in _needed(expression):
        name = _dotted(path)
        root = name.split(".")[0]
        if root not in scope | RESERVED and not _guarded(name, guards):
            yield name


def _needed(expression: Expression) -> Iterator[Path]:
    """The paths whose value the expression cannot do without."""
    if isinstance(expression, Path):
        yield expression
    if isinstance(expression, FilteredExpression) and _has_default(expression):
        return
    for child in expression.children():
        yield from _needed(child)


def _has_default(expression: FilteredExpression) -> bool:
    return any(applied.name == "default" for applied in expression.filters or ())


def _names_in(node: Node) -> frozenset[str]:
    expressions = list(node.expressions())
    if isinstance(node, IfNode | UnlessNode):
        for alternative in node.alternatives:
            expressions.extend(alternative.expressions())
    return frozenset(_dotted(path) for each in expressions for path in _paths(each))


def _paths(expression: Expression) -> Iterator[Path]:
    if isinstance(expression, Path):
        yield expression
    for child in expression.children():
        yield from _paths(child)


def _guarded(name: str, guards: frozenset[str]) -> bool:
    return any(name == guard or name.startswith(f"{guard}.") for guard in guards)


def _dotted(path: Path) -> str:
    """The names up to the first index or variable: `items` for `items[0].price`."""
    names: list[str] = []
    for segment in path.path:
        if not isinstance(segment, str):
            break
        names.append(segment)
    return ".".join(names)
