"""The doctor: each thing that can be wrong is told with the next step, and the rest still shown."""

import json
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from delivery import accounts
from signalbus import tasks
from signalbus.bus import lines
from signalbus.bus.models import OutboxEntry
from signalbus.core.ids import new_id
from signalbus.doctor import (
    examining,
    jobs,
    kafka,
    lanes,
    line,
    mail,
    migrations,
    postgres,
    providers,
    redis,
    stream,
    tenancy,
    web,
)
from signalbus.doctor import settings as settings_area
from signalbus.doctor.findings import Finding, State, counted, fail, ok, some
from signalbus.models import JobEnd
from tenants import identity
from tenants.models import Tenant
from tests.make import make_account, make_key, make_platform_account
from tests.ports import free_port
from tests.processes import eventually


def states(findings):
    return [finding.state for finding in findings]


def only(findings, state):
    (found,) = [finding for finding in findings if finding.state is state]
    assert found.next_step
    return found


def test_good_settings_are_one_line(settings):
    settings.SECRET_KEY = "0123456789abcdefghijklmnopqrstuvwxyz" * 2
    assert states(settings_area.probe()) == [State.OK]


def test_a_wrong_setting_is_told_with_its_remedy(settings):
    settings.SECRET_KEY = "short"
    found = only(settings_area.probe(), State.FAIL)
    assert "SIGNALBUS_SECRET_KEY" in found.says
    assert "token_urlsafe" in found.next_step


def test_the_tests_own_postgresql_answers_with_a_clock_that_agrees(acme):
    assert State.FAIL not in states(postgres.probe())
    assert "The clocks agree." in [finding.says for finding in postgres.probe()]


@pytest.mark.parametrize(
    ("facts", "state", "says"),
    [
        ((13, False, "UTF8", 256, 100, 5, 0.0), State.FAIL, "too old"),
        ((17, False, "UTF8", 256, 100, 5, 0.0), State.WARN, "tested with 18"),
        ((18, True, "UTF8", 256, 100, 5, 0.0), State.FAIL, "standby"),
        ((18, False, "LATIN1", 256, 100, 5, 0.0), State.FAIL, "LATIN1"),
        ((18, False, "UTF8", 64, 100, 5, 0.0), State.WARN, "max_locks_per_transaction is 64"),
        ((18, False, "UTF8", 256, 100, 81, 0.0), State.WARN, "81 of 100 connections"),
        ((18, False, "UTF8", 256, 100, 5, 7200.0), State.WARN, "open for 2.0 hours"),
    ],
)
def test_what_is_wrong_with_postgresql(facts, state, says, acme, monkeypatch):
    asked = postgres._rows
    monkeypatch.setattr(
        postgres, "_rows", lambda sql: [facts] if sql == postgres.FACTS else asked(sql)
    )
    assert says in only(postgres.probe(), state).says


@pytest.mark.parametrize(("apart", "state"), [(5.0, State.WARN), (-60.0, State.FAIL)])
def test_a_clock_that_is_off_is_told(apart, state, acme, monkeypatch):
    now = postgres.time.time
    monkeypatch.setattr(postgres, "time", SimpleNamespace(time=lambda: now() + apart))
    assert f"{abs(apart):.1f} s off" in only(postgres.probe(), state).says


def test_a_pooler_that_deals_out_statements_is_refused(acme, monkeypatch):
    asked, pids = postgres._rows, iter([[(1,)], [(2,)]])
    monkeypatch.setattr(
        postgres, "_rows", lambda sql: next(pids) if "backend_pid" in sql else asked(sql)
    )
    assert "transaction mode" in only(postgres.probe(), State.FAIL).says


def test_schemas_of_this_version_are_in_order(acme):
    assert states(migrations.probe()) == [State.OK]


ONE = "app = 'delivery' AND name LIKE '0002%'"


@pytest.fixture
def one_less(acme, globex):
    """acme's schema as though a migration had not run there."""
    table = f"{acme.schema}.django_migrations"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {ONE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (app, name, applied) SELECT app, name, applied"
            f" FROM {globex.schema}.django_migrations WHERE {ONE}"
        )


def test_a_schema_that_lacks_a_migration_is_named(one_less):
    assert "acme (1)" in only(migrations.probe(), State.FAIL).says


def test_a_schema_of_a_newer_version_is_named(globex):
    table = f"{globex.schema}.django_migrations"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} (app, name, applied) VALUES ('x', '9', now())")
    try:
        assert "globex (1)" in only(migrations.probe(), State.WARN).says
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE app = 'x'")


def test_redis_that_answers_and_none(settings):
    assert states(redis.probe()) == [State.OK]
    settings.REDIS_URL = ""
    assert "not set" in only(redis.probe(), State.WARN).says


def test_redis_that_is_away(settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    assert "does not answer" in only(redis.probe(), State.FAIL).says


def test_kafka_with_its_streams(streams):
    assert states(kafka.probe()) == [State.OK, State.OK]


def test_streams_that_are_missing_or_narrow(streams, settings):
    settings.STREAM_PARTITIONS = 99
    assert only(kafka.probe(), State.WARN).next_step == "Run manage.py create_streams."
    settings.INSTALLATION = "elsewhere"
    assert "email.high" in only(kafka.probe(), State.FAIL).says


def test_kafka_that_is_away(settings, monkeypatch):
    settings.KAFKA_BROKERS = "127.0.0.1:9"
    monkeypatch.setattr(kafka, "SECONDS", 0.5)
    assert "does not answer" in only(kafka.probe(), State.FAIL).says


def test_lanes_that_nobody_listens_to_are_named(streams, settings, monkeypatch):
    settings.INSTALLATION = "nobody"
    monkeypatch.setattr(lanes, "SECONDS", 2.0)
    found = only(lanes.probe(), State.FAIL)
    assert "email.high" in found.says
    assert "run_email_worker and run_sms_worker" in found.next_step


@pytest.mark.slow
def test_lanes_relay_and_celery_of_a_running_installation(processes):
    processes.relay()
    worker = processes.workers()
    assert worker.is_alive()
    eventually(lambda: states(lanes.probe()) == [State.OK], 40, "workers in their groups")
    assert next(iter(line.probe())).says == "1 relay connected."


def test_no_relay_is_told(acme):
    assert "run_relay" in next(iter(line.probe())).next_step


def entry(tenant, minutes, stream="email.high"):
    OutboxEntry.objects.create(
        id=new_id(),
        stream=stream,
        tenant_id=tenant.id,
        available_at=timezone.now() - timezone.timedelta(minutes=minutes),
        partition_key=1,
    )


@pytest.mark.parametrize(
    ("stream", "minutes", "state"),
    [
        ("email.high", 0.5, State.OK),
        ("email.high", 2, State.WARN),
        ("email.bulk", 2, State.OK),
        ("email.bulk", 10, State.WARN),
        ("email.bulk", 70, State.FAIL),
    ],
)
def test_how_long_a_lane_may_wait(stream, minutes, state, acme):
    entry(acme, minutes, stream)
    assert states(line._backlog()) == [state]


def test_a_line_that_stands_still_is_told_by_its_tenant(acme):
    lines.pause("email.bulk", acme.id, "guard")
    assert "email.bulk of acme (guard)" in only(line._pauses(), State.WARN).says


def test_celery_that_does_not_answer(monkeypatch):
    monkeypatch.setattr(jobs, "SECONDS", 0.2)
    assert "No worker of Celery" in only(jobs._worker(), State.FAIL).says


def test_celery_that_answers(monkeypatch):
    answers = [{"celery@a": {"ok": "pong"}}, {"celerybeat@b": {"ok": "pong"}}]
    monkeypatch.setattr(jobs.app.control, "ping", lambda timeout: answers)
    assert [found.says for found in jobs._worker()] == ["Celery answers: celery@a, celerybeat@b."]


def job_ends(**minutes):
    """Jobs that were done so many minutes ago, and first a week ago."""
    now = timezone.now()
    for task, ago in minutes.items():
        done = now - timedelta(minutes=ago)
        JobEnd.objects.create(task=task, done_at=done, known_since=now - timedelta(days=7))


EACH = {jobs.word(entry["task"]): 0 for entry in jobs.app.conf.beat_schedule.values()}


def test_a_worker_without_a_beat_does_nothing(acme, monkeypatch):
    monkeypatch.setattr(jobs.app.control, "ping", lambda timeout: [{"celery@a": {"ok": "pong"}}])
    worker, beat = jobs.probe()
    assert (worker.state, beat.state) == (State.OK, State.WARN)
    assert "Start celery -A signalbus beat" in beat.next_step


@pytest.mark.parametrize(
    ("ends", "state", "says"),
    [
        (EACH, State.OK, "Periodic jobs are done"),
        ({**EACH, "trim_stream": 179}, State.OK, "Periodic jobs are done"),
        ({**EACH, "trim_stream": 190}, State.FAIL, "Not done for too long: trim_stream."),
        ({**EACH, "fold_statistics": 9}, State.FAIL, "fold_statistics"),
        (dict.fromkeys(EACH, 6), State.FAIL, "no beat runs"),
        (EACH.keys() - {"purge_audit_logs"}, State.FAIL, "purge_audit_logs"),
    ],
)
def test_jobs_that_are_late_are_told(ends, state, says, acme):
    job_ends(**dict.fromkeys(ends, 0) if isinstance(ends, set) else ends)
    (found,) = jobs._ends(timezone.now())
    assert found.state is state
    assert says in found.says


def test_each_end_of_a_job_is_remembered(acme, monkeypatch):
    job = jobs.app.tasks[tasks.match_receipts.name]
    monkeypatch.setattr(job, "run", lambda: None)
    for _ in range(2):
        job()
    end = JobEnd.objects.get()
    assert (end.task, end.done_at > end.known_since) == ("match_receipts", True)


def test_a_web_process_is_asked_where_people_reach_it(acme, processes, settings):
    port = free_port()
    processes.web(port=port)
    settings.BASE_URL = f"http://127.0.0.1:{port}/"
    assert states(web.probe()) == [State.OK]
    settings.BASE_URL = "http://127.0.0.1:9"
    assert "No web process answers" in only(web.probe(), State.WARN).says


def test_the_mail_server_of_the_consoles_is_asked(settings):
    assert "is not set" in next(mail.probe()).says
    settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.example.org", 587
    assert states(mail.probe()) == [State.OK]  # Django keeps the tests' mail to itself
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert "127.0.0.1:9" in only(mail.probe(), State.FAIL).says


def test_tenants_are_counted_and_what_is_missing_told(acme, settings):
    settings.SPARE_SCHEMAS = 50
    settings.DEFAULT_TENANT = "nobody"
    told = [finding.says for finding in tenancy.probe()]
    assert told[0] == "2 tenants."
    assert any("spare schemas" in says for says in told)
    assert any("nobody" in says for says in told)


def test_a_suspended_tenant_is_named(acme):
    Tenant.objects.filter(id=acme.id).update(state="suspended")
    try:
        assert any("Suspended: acme" in finding.says for finding in tenancy.probe())
    finally:
        Tenant.objects.filter(id=acme.id).update(state="active")
        identity.forget()


def test_a_tenant_that_is_being_deleted_is_not_counted(acme, settings):
    settings.DEFAULT_TENANT = "acme"
    Tenant.objects.filter(id=acme.id).update(state="deleting")
    try:
        told = [finding.says for finding in tenancy.probe()]
        assert told[:2] == ["1 tenant.", "Being deleted: acme."]
        assert any("SIGNALBUS_DEFAULT_TENANT names acme" in says for says in told)
    finally:
        Tenant.objects.filter(id=acme.id).update(state="active")
        identity.forget()


def test_a_stream_that_does_not_answer(settings):
    settings.STREAM_URL = "http://127.0.0.1:9"
    found = only(stream.probe(), State.WARN)
    assert "http://127.0.0.1:9/api/v1/stream" in found.says
    assert "run_stream" in found.next_step


@pytest.mark.parametrize("variable", ["STREAM_URL", "BASE_URL"])
def test_a_stream_at_its_own_address_or_behind_the_proxy(variable, acme, processes, settings):
    make_key(acme)
    settings.STREAM_URL, port = "", free_port()
    processes.command("run_stream", "--port", str(port))
    setattr(settings, variable, f"http://127.0.0.1:{port}/")
    address = f"http://127.0.0.1:{port}/api/v1/stream"
    assert [found.says for found in stream.probe()] == [f"The live stream answers at {address}."]


@pytest.mark.parametrize("has_key", [True, False])
def test_a_web_process_is_not_taken_for_the_stream(has_key, acme, processes, settings):
    if has_key:
        make_key(acme)
    port = free_port()
    processes.web(port=port, SIGNALBUS_STREAM_URL="")
    settings.STREAM_URL, settings.BASE_URL = "", f"http://127.0.0.1:{port}"
    says = next(finding.says for finding in stream.probe())
    assert says.startswith("A web process or the") != has_key
    assert ("is no live stream, but an answer 503" in says) == has_key


def test_accounts_in_order(acme, globex):
    make_platform_account(channel="sms")
    make_platform_account()
    assert State.FAIL not in states(providers.probe())
    assert State.WARN not in states(providers.probe())


def test_a_channel_that_a_tenant_has_no_account_for(acme, globex):
    make_account(acme)
    told = [found.says for found in providers.probe() if found.state is State.WARN]
    assert told == [
        "No enabled account for email: globex.",
        "No enabled account for sms: acme, globex.",
    ]


def test_credentials_that_the_key_ring_does_not_open(acme, settings):
    make_account(acme, name="shop", credentials={"token": "t"})
    settings.ENCRYPTION_KEYS = ["other:" + "A" * 43 + "="]
    accounts.forget()
    found = only(providers.probe(), State.FAIL)
    assert "acme: shop" in found.says
    assert "SIGNALBUS_ENCRYPTION_KEYS" in found.next_step


def test_an_account_whose_options_are_wrong(acme):
    make_account(acme, "smtp", name="shop", options={"host": "h"})
    found = only(providers.probe(), State.FAIL)
    assert "acme: the account shop is wrong" in found.says
    assert "/options" in found.says


def test_dns_is_asked_where_wanted(acme):
    make_account(acme, "smtp", name="shop", options={"host": "h", "from": "a@acme.example"})
    told = list(providers.probe_dns())
    assert State.WARN in states(told)
    assert any("acme: shop, spf" in finding.says for finding in told)


def area(name, findings, needs=""):
    return examining.Area(name=name, probe=lambda: iter(findings), needs=needs)


def broken():
    raise RuntimeError("no such thing")
    yield


def examined(monkeypatch, *areas):
    monkeypatch.setattr(examining, "AREAS", areas)
    return list(examining.examine())


def test_what_needs_a_broken_area_is_left_out_and_the_rest_looked_at(monkeypatch):
    found = examined(
        monkeypatch,
        area("a", [fail("x", "y")]),
        area("b", [ok("never")], needs="a"),
        area("c", [ok("never")], needs="b"),
        area("d", [ok("z")]),
    )
    assert [(each.area, each.state) for each in found] == [
        ("a", State.FAIL),
        ("b", State.WARN),
        ("c", State.WARN),
        ("d", State.OK),
    ]


def test_an_area_that_crashes_is_a_finding(monkeypatch):
    (found,) = examined(monkeypatch, examining.Area(name="a", probe=broken))
    assert found.state is State.FAIL
    assert "RuntimeError: no such thing" in found.says


def doctor(*flags):
    out = StringIO()
    try:
        call_command("doctor", *flags, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_the_command_marks_each_line_and_says_the_next_step(monkeypatch):
    monkeypatch.setattr(examining, "AREAS", (area("One", [fail("It is broken.", "Mend it.")]),))
    code, said = doctor()
    assert code == 1
    assert "FAIL  One                It is broken.\n" in said
    assert "→ Mend it." in said
    assert "0 ok, 0 warn, 1 fail." in said


def test_the_command_ends_well_where_nothing_fails(monkeypatch):
    monkeypatch.setattr(examining, "AREAS", (area("One", [ok("Well.")]),))
    assert doctor()[0] == 0
    code, said = doctor("--json")
    expected = {"state": "ok", "says": "Well.", "next_step": "", "area": "One"}
    assert json.loads(said) == {"ok": True, "findings": [expected]}
    assert code == 0


def test_words():
    assert some(["a", "b", "c"], 2) == "a, b and 1 more"
    assert (counted(1, "relay"), counted(2, "relay")) == ("1 relay", "2 relays")
    assert Finding(state=State.OK, says="x").next_step == ""
