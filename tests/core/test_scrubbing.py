import pytest

from signalbus.core.scrubbing import scrub, scrub_value


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("to ana@example.org now", "to a**@example.org now"),
        ("<bo.b+tag@mail.example.co.uk>", "<b*******@mail.example.co.uk>"),
        ("number +33612345678 refused", "number ********5678 refused"),
        ("call +33 6 12 34 56 78.", "call *************6 78."),
        ("To=15005550001", "To=*******0001"),
        ("call (555) 123-4567", "call **********4567"),
        ("postgresql://app:s3cret@db:5432/x", "postgresql://app:***@db:5432/x"),
        ("redis://:s3cret@db:6379/0", "redis://:***@db:6379/0"),
        ("key sb_live_abcdEFGHijkl refused", "key sb_live_abcd*** refused"),
        ("Authorization: Bearer sb_test_abcdefghij", "Authorization: Bearer ***"),
        ("of o'neil/sales=x?y{z}|q`&w@example.org", "of o***********************@example.org"),
        ("auth_token=8c1f, account=AC1", "auth_token=***, account=AC1"),
        ("POST /send?api_key=k-1&to=x", "POST /send?api_key=***&to=x"),
        ('{"smtp_password": "two words", "port": 25}', '{"smtp_password": ***, "port": 25}'),
        ("Cookie: a1b2; path", "Cookie: ***; path"),
        ("GET /admin/join/Zx9-k_2/ 200", "GET /admin/join/***/ 200"),
        ("/admin/new-password/MQ/c9a1-77/", "/admin/new-password/MQ/***/"),
        ("{'api-key': 'k', 'client_secret': 's'}", "{'api-key': ***, 'client_secret': ***}"),
    ],
)
def test_addresses_are_masked_and_secrets_removed(text: str, scrubbed: str) -> None:
    assert scrub(text) == scrubbed


@pytest.mark.parametrize(
    "text",
    [
        "019a0000-0000-7000-8000-123456789012",
        "2026-11-20T17:48:37.123456Z",
        "127.0.0.1:54321 answered 202 in 12.3456789012 ms",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "offset 123456 of signalbus.email.high",
        "the token has expired",
        "a cookie or a password is missing",
        "tokenizer: words",
    ],
)
def test_ids_and_figures_stay(text: str) -> None:
    assert scrub(text) == text


def test_inner_values_are_scrubbed_too() -> None:
    given = {"to": ["ana@example.org"], "inner": {"password": "x", "count": 15005550001}}
    assert scrub_value("given", given) == {
        "to": ["a**@example.org"],
        "inner": {"password": "***", "count": 15005550001},
    }


@pytest.mark.parametrize("name", ["Authorization", "auth_token"])
def test_a_name_that_promises_a_secret_hides_everything(name: str) -> None:
    assert scrub_value(name, "anything") == "***"
