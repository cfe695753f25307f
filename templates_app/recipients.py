"""What a text may ask of `recipient`; anything else would stay empty in every message."""

from liquid.static_analysis import Variable

from templates_app.engine import Compiled, TemplateError

FIELDS = ("attributes", "email", "id", "locale", "phone", "time_zone")
KNOWN = ", ".join(FIELDS)
UNKNOWN = (
    "Line {line}: a recipient has no `{name}`, only {known}; "
    "what you know of them besides is `recipient.attributes.{name}`."
)


def check_recipient(compiled: Compiled, source: str) -> None:
    """Refuse fields that no recipient has. Raises TemplateError with the line of one."""
    used = compiled.template.analyze(include_partials=False).globals
    for variable in used.get("recipient", ()):
        name = _field(variable)
        if name and name not in FIELDS:
            line = source.count("\n", 0, variable.span.index) + 1
            raise TemplateError(UNKNOWN.format(line=line, name=name, known=KNOWN))


def _field(variable: Variable) -> str:
    """The name directly below `recipient`; empty where it is not written out."""
    name = variable.segments[1] if len(variable.segments) > 1 else ""
    return name if isinstance(name, str) else ""
