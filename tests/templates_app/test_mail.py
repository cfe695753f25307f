"""An e-mail always has both bodies."""

from templates_app import mail
from templates_app.rendering import complete, render_direct


def test_text_is_read_out_of_html() -> None:
    html = (
        "<html><head><title>no</title><style>p {}</style></head><body><h1>Hello</h1>"
        "<p>Dear <b>Ana</b>, <a href='https://example.org/x'>look</a>.<br>Bye</p>"
        "<ul><li>one</li><li>two</li></ul></body></html>"
    )
    assert mail.text_from_html(html) == (
        "Hello\n\nDear Ana, look (https://example.org/x).\nBye\n\n- one\n- two"
    )


def test_html_is_made_of_text() -> None:
    html = mail.html_from_text("Hi <Ana>,\nsee https://example.org/a?b=1.\n\nBye")
    assert "<p>Hi &lt;Ana&gt;,<br>\nsee " in html
    assert '<a href="https://example.org/a?b=1">https://example.org/a?b=1</a>.</p>' in html
    assert html.endswith("<p>Bye</p></body></html>")


def test_style_sheets_are_inlined() -> None:
    html = "<style>p { color: red }</style><p>x</p>"
    assert '<p style="color: red;">x</p>' in complete("email", subject="", text="", html=html).html


def test_a_subject_is_one_line() -> None:
    rendered = complete("email", subject="One\r\nBcc: x@example.org", text="x", html="")
    assert rendered.subject == "One Bcc: x@example.org"


def test_an_sms_is_text_alone() -> None:
    rendered = complete("sms", subject="no", text=" Hi ", html="<p>no</p>")
    assert (rendered.subject, rendered.text, rendered.html) == ("", "Hi", "")


def test_content_given_directly_is_a_template_whose_values_are_none() -> None:
    content = {"subject": "S", "text": "{{ name }}"}
    assert render_direct("email", content, {"name": "{{ x }}"}).text == "{{ x }}"
