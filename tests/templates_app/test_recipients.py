"""A text asks of `recipient` only what every recipient has a place for."""

import pytest

from delivery.content import recipient_values
from signalbus.bus.streams import Channel
from templates_app.engine import TemplateError, compile_template
from templates_app.recipients import FIELDS, check_recipient


def check(source: str) -> None:
    check_recipient(compile_template(source, html=False), source)


@pytest.mark.parametrize(
    "source",
    [
        "Hello {{ recipient.nam }}",
        "{{ recipient.nam | default: 'you' }}",
        "{% if recipient.nam %}x{% endif %}",
        "{{ recipient['nam'].first }}",
    ],
)
def test_a_field_that_no_recipient_has_is_refused(source: str) -> None:
    with pytest.raises(TemplateError, match=r"Line 2: .*no `nam`, only attributes, email, id"):
        check(f"\n{source}")


@pytest.mark.parametrize(
    "source",
    [
        "{{ recipient.attributes.nam }}",
        "{{ nam.nam }} {{ recipient }} {{ recipient[nam] }}",
        "{% for recipient in people %}{{ recipient.nam }}{% endfor %}",
        *(f"{{{{ recipient.{field} }}}}" for field in FIELDS),
    ],
)
def test_all_else_may_be_used(source: str) -> None:
    check(source)


def test_the_known_fields_are_those_that_are_sent() -> None:
    given = {"reference": "", "attributes": None, "locale": "en", "time_zone": None, "address": ""}
    seen = [recipient_values(**given, channel=channel) for channel in Channel]  # type: ignore[arg-type]
    assert sorted(set().union(*seen)) == sorted(FIELDS)
