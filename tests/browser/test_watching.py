"""What goes wrong in a window is seen, whatever the test looks at."""

from tests.browser.conftest import Open
from tests.browser.watching import Watch


def test_errors_of_scripts_and_of_the_console_and_refusals(
    open_window: Open, watch: Watch, complaints: list[str]
) -> None:
    page = open_window("acme.localhost")
    page.goto("/admin/login/")
    assert complaints == []
    with watch.expecting(404):
        page.goto("/nothing/")
    assert complaints == []
    page.goto("/nothing/else/")
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw Error('Oh') })")
    with page.expect_console_message():
        page.evaluate("console.error('Ah')")
    said = "\n".join(complaints)
    assert "404 (Not Found) at http://acme.localhost" in said
    assert "script: Oh at" in said
    assert "console: Ah" in said
