"""The list as CSV: exported whole, imported whole or not at all, harmless in a spreadsheet."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from notifications import suppression_files
from notifications.models import Suppression
from notifications.models.suppression import SuppressionReason
from notifications.suppression_csv import READ, REASONS, WRITTEN, parse, written
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Answer, Api
from tests.make import make_key, make_suppression

HEADER = "channel,address,reason,note,expires_at"
ONE = f"{HEADER}\nemail,Ana@Example.org,opt_out,Left.,2030-01-01T00:00:00Z\n"


def send(api: Api, text: str | bytes) -> Answer:
    content = text if isinstance(text, bytes) else text.encode()
    return api.raw("POST", "/suppressions/import", content, "text/csv")


def exported(api: Api, **query: str) -> list[dict[str, str]]:
    answer = api.get("/suppressions/export", query)
    assert answer.status == 200
    return list(csv.DictReader(io.StringIO(answer.body, newline="")))


def held(tenant: TenantIdentity) -> list[tuple[str, ...]]:
    columns = ("mode", "channel", "address", "reason", "note")
    with in_tenant(tenant):
        return list(Suppression.objects.order_by("address").values_list(*columns))


def test_the_file_knows_every_reason() -> None:
    assert set(REASONS) == set(SuppressionReason.values)


def test_an_import_brings_addresses_into_their_usual_form(api: Api, acme: TenantIdentity) -> None:
    answer = send(api, ONE + "sms,+33 6 12 34 56 78,,,\n")
    assert answer.status == 200
    assert answer.body == {"rows": 2, "added": 2, "changed": 0, "unchanged": 0}
    assert held(acme) == [
        ("live", "sms", "+33612345678", "manual", ""),
        ("live", "email", "ana@example.org", "opt_out", "Left."),
    ]
    with in_tenant(acme):
        row = Suppression.objects.get(channel="email")
    assert row.expires_at == datetime(2030, 1, 1, tzinfo=UTC)


def test_the_same_file_twice_changes_nothing(api: Api) -> None:
    send(api, ONE)
    assert send(api, ONE).body == {"rows": 1, "added": 0, "changed": 0, "unchanged": 1}


def test_a_file_takes_the_place_of_what_there_was(api: Api, acme: TenantIdentity) -> None:
    make_suppression(acme, "ana@example.org", note="Before.")
    assert send(api, ONE).body["changed"] == 1
    assert held(acme) == [("live", "email", "ana@example.org", "opt_out", "Left.")]


@pytest.mark.parametrize("reason", ["complaint", "opt_out"])
def test_what_people_said_is_not_weakened(api: Api, acme: TenantIdentity, reason: str) -> None:
    make_suppression(acme, "ana@example.org", reason=reason)
    file = f"{HEADER}\nemail,ana@example.org,manual,Again please.,2030-01-01T00:00:00Z\n"
    assert send(api, file).body["unchanged"] == 1
    assert held(acme) == [("live", "email", "ana@example.org", reason, "")]


def test_modes_and_tenants_have_their_own_lists(
    api: Api, test_api: Api, globex_api: Api, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    send(test_api, ONE)
    assert [row[0] for row in held(acme)] == ["test"]
    assert held(globex) == []
    assert (exported(api), exported(globex_api)) == ([], [])
    assert len(exported(test_api)) == 1


def test_one_wrong_row_refuses_the_whole_file(api: Api, acme: TenantIdentity) -> None:
    file = (
        f"{HEADER}\n"
        "email,ana@example.org,,,\n"
        "email,nonsense,,,\n"
        "fax,+33612345678,,,\n"
        "sms,0612345678,,,\n"
        "email,bob@example.org,hated,,\n"
        "email,eve@example.org,,,tomorrow\n"
        "email,joe@example.org,,,2030-01-01T00:00:00\n"
        f"email,kim@example.org,,{'x' * 301},\n"
        "email,ANA@example.org,,,\n"
        "email,lea@example.org,,,,,more\n"
    )
    answer = send(api, file)
    assert (answer.status, answer.kind) == (422, "invalid")
    assert answer.pointers == [
        "/rows/3/address",
        "/rows/4/channel",
        "/rows/5/address",
        "/rows/6/reason",
        "/rows/7/expires_at",
        "/rows/8/expires_at",
        "/rows/9/note",
        "/rows/10/address",
        "/rows/11",
    ]
    assert answer.body["errors"][7]["detail"] == "Row 2 has this address already."
    assert answer.body["detail"].startswith("Nothing was imported.")
    assert held(acme) == []


def test_of_very_many_wrong_rows_the_first_are_listed(api: Api) -> None:
    answer = send(api, HEADER + "\n" + "email,x,,,\n" * 150)
    assert len(answer.pointers) == 100
    assert "50 more are not listed." in answer.body["detail"]


@pytest.mark.parametrize(
    ("file", "pointer"),
    [
        ("\n", "/rows/1"),
        ("address\nana@example.org\n", "/rows/1"),
        ("channel,address,colour\n", "/rows/1"),
        ("channel,address,address\n", "/rows/1"),
        (b"channel,address\nemail,\xff@example.org\n", ""),
        ("channel,address\nemail,a\0b\n", ""),
        ('channel,address\nemail,"ana@exa', "/rows/2"),
    ],
)
def test_what_is_no_such_file_says_where(api: Api, file: str | bytes, pointer: str) -> None:
    answer = send(api, file)
    assert (answer.status, answer.pointers[0]) == (422, pointer)


@pytest.mark.parametrize(
    "file",
    [
        "\ufeffchannel,address\r\nemail,ana@example.org\r\n",
        "Channel;Address\nemail;ana@example.org\n",
        'address,channel\n"ana@example.org","email"',
        "channel,address,note\n\nemail,ana@example.org\n\n",
    ],
    ids=["Excel", "semicolons", "quoted", "empty lines"],
)
def test_files_as_programs_write_them(api: Api, file: str) -> None:
    assert send(api, file).body["added"] == 1


def test_another_format_is_refused(api: Api) -> None:
    assert api.post("/suppressions/import", {"rows": []}).status == 415


def test_a_file_that_is_too_large_is_refused(api: Api, settings: Any) -> None:
    settings.MAX_BATCH_BODY_BYTES = 100
    assert send(api, ONE + "x" * 100).status == 413


def test_an_import_needs_the_scope(acme: TenantIdentity) -> None:
    reader = Api(make_key(acme, scopes=("read",)))
    assert reader.get("/suppressions/export").status == 200
    assert send(reader, ONE).status == 403


def test_an_import_with_a_key_is_done_once(api: Api, acme: TenantIdentity) -> None:
    for _ in range(2):
        answer = api._send(
            "POST", "/suppressions/import", ONE.encode(), "text/csv", {"Idempotency-Key": "k"}
        )
        assert answer.body["added"] == 1


def test_an_export_has_every_row_over_all_pages(
    api: Api, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suppression_files, "PAGE", 2)
    for number in range(5):
        make_suppression(acme, f"{number}@example.org", note=f"n {number}")
    rows = exported(api)
    assert [row["address"] for row in rows] == [f"{n}@example.org" for n in range(5)]
    assert list(rows[0]) == list(WRITTEN)


def test_an_export_is_a_file_and_takes_the_lists_filters(api: Api, acme: TenantIdentity) -> None:
    make_suppression(acme, "ana@example.org", reason="complaint")
    make_suppression(acme, "+33612345678", channel="sms")
    assert [row["channel"] for row in exported(api, channel="sms")] == ["sms"]
    assert [row["channel"] for row in exported(api, reason="complaint")] == ["email"]
    assert api.get("/suppressions/export", {"limit": "1"}).status == 400
    headers = api.get("/suppressions/export").headers
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Content-Disposition"].startswith('attachment; filename="suppressions-live-')


def test_what_was_exported_can_be_imported(
    api: Api, globex_api: Api, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    make_suppression(acme, "+33612345678", channel="sms", note='=HYPERLINK("http://x")')
    make_suppression(
        acme,
        "ana@example.org",
        reason="complaint",
        note='Said "no",\nloudly; \'twice',
        expires_at=timezone.now() + timedelta(days=3),
    )
    file = api.get("/suppressions/export").body
    assert send(globex_api, file).body["added"] == 2
    assert held(globex) == held(acme)
    assert send(api, file).body == {"rows": 2, "added": 0, "changed": 0, "unchanged": 2}


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(first: str) -> None:
    _, line = written([("email", "ana@example.org", "manual", f"{first}1+1", None, None, None)])
    (cells,) = csv.reader(io.StringIO(line, newline=""))
    assert cells[3] == f"'{first}1+1"


@given(note=st.text(max_size=50).filter(lambda text: "\0" not in text and text == text.strip()))
def test_every_note_comes_back_as_it_was(note: str) -> None:
    lines = written([("email", "ana@example.org", "manual", note, None, None, None)])
    parsed = parse("".join(lines).encode("utf-8", "ignore"))
    assert parsed.errors == []
    assert parsed.rows[0].note == note.encode("utf-8", "ignore").decode()


def test_phone_numbers_are_read_with_an_apostrophe_or_without() -> None:
    for cell in ("+33612345678", "'+33612345678"):
        parsed = parse(f"channel,address\nsms,{cell}\n".encode())
        assert [row.address for row in parsed.rows] == ["+33612345678"]


def test_the_columns_that_are_read_are_written() -> None:
    assert WRITTEN[: len(READ)] == READ
