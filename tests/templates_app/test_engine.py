"""The template language is bounded: whatever a template does, it ends soon and stays small."""

import time

import pytest

from templates_app.engine import TemplateError, compile_template
from templates_app.required import required_variables


def render(source: str, *, html: bool = False, **variables: object) -> str:
    return compile_template(source, html=html).render(variables)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{% for i in (1..100000000) %}x{% endfor %}", "loop iteration limit"),
        (
            "{% for i in (1..1000) %}{% for j in (1..1000) %}x{% endfor %}{% endfor %}",
            "loop iteration limit",
        ),
        ("{% for i in (1..9999) %}{% if i == 0 %}{% endif %}{% endfor %}" * 300, "of CPU"),
        ("{{ 'a'" + " | replace: 'a', 'aaaaaaaaaa'" * 10 + " }}", "makes too much"),
        ("{{ 'abc'" + " | base64_encode" * 100 + " }}", "makes too much"),
        ("{{ (1..99999999) | join: 'x' }}", "makes too much"),
        (
            "{% assign s = 'aaaaaaaa' %}"
            "{% for i in (1..999) %}{% assign s = s | append: s %}{% endfor %}",
            "local namespace limit",
        ),
        ("{% for i in (1..9999) %}" + "x" * 1000 + "{% endfor %}", "output stream limit"),
    ],
)
def test_endless_templates_are_stopped(source: str, words: str) -> None:
    begun = time.thread_time()
    with pytest.raises(TemplateError, match=words):
        render(source)
    assert time.thread_time() - begun < 2


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{% if %}", "Line 1: missing expression"),
        ("first\n{{ name | shout }}", "Line 2: unknown filter 'shout'"),
        ("{% include 'other' %}", "unexpected tag 'include'"),
        ("{% render 'other' %}", "unexpected tag 'render'"),
        ("{% if a %}", "At the end: expected tag endif"),
    ],
)
def test_mistakes_name_their_line(source: str, words: str) -> None:
    with pytest.raises(TemplateError, match=words):
        compile_template(source, html=False)


def test_html_escapes_what_it_prints() -> None:
    assert render("<b>{{ name }}</b>", html=True, name="<script>") == "<b>&lt;script&gt;</b>"


def test_plain_text_does_not_escape() -> None:
    assert render("{{ name }}", name="R&D <x>") == "R&D <x>"


def test_attributes_of_python_objects_are_out_of_reach() -> None:
    assert render("{{ name.__class__ }}{{ name.upper }}", name="ana") == ""


@pytest.mark.parametrize(
    ("source", "required"),
    [
        ("{{ order }}", ("order",)),
        ("{{ order.id }} {{ order.total }}", ("order.id", "order.total")),
        ("{{ items[0].name }}", ("items",)),
        ("{{ name | default: 'you' }}", ()),
        ("{% if note %}{{ note }}{% endif %}", ()),
        ("{% if note %}{{ other }}{% endif %}", ("other",)),
        ("{% unless done %}{{ left }}{% endunless %}", ("left",)),
        ("{% for item in items %}{{ item.name }}{{ forloop.index }}{% endfor %}", ("items",)),
        ("{% for item in items %}{{ item }}{% endfor %}{{ item }}", ("item", "items")),
        ("{% assign a = b %}{{ a }}", ("b",)),
        ("{% case kind %}{% when 'x' %}{{ x }}{% endcase %}", ("x",)),
        ("{{ recipient.attributes.name }} {{ topic }}", ()),
        ("{{ a | append: b }}", ("a", "b")),
    ],
)
def test_required_variables_are_found(source: str, required: tuple[str, ...]) -> None:
    assert required_variables([compile_template(source, html=False)]) == required
