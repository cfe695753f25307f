import os
import subprocess
import sys
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

ONE_PROCESS = """
import sys
from signalbus.core import exposition, metrics
metrics.NOTIFICATIONS_ACCEPTED.labels("high").inc(3)
metrics.NOTIFICATION_END_TO_END_SECONDS.labels("email", "high").observe(0.02)
metrics.WORKER_INFLIGHT.labels("email").set(7)
if sys.argv[1] == "print":
    sys.stdout.write(exposition.page().decode())
"""


def run(folder: Path, act: str) -> dict[str, float]:
    """A process that counts, and with the act `print` the page that it then shows."""
    output = subprocess.run(
        [sys.executable, "-c", ONE_PROCESS, act],
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder), "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    families = text_string_to_metric_families(output)
    return {sample.name: sample.value for family in families for sample in family.samples}


def test_processes_are_summed_and_the_dead_neither_lost_nor_kept(tmp_path: Path) -> None:
    for _ in range(3):
        run(tmp_path, "count")
    page = run(tmp_path, "print")
    assert page["signalbus_notifications_accepted_total"] == 12
    assert page["signalbus_notification_end_to_end_seconds_count"] == 4
    assert page["signalbus_worker_inflight"] == 7, "the gauges of the dead end with them"
    assert page["signalbus_build_info"] == 1
    page = run(tmp_path, "print")
    assert page["signalbus_notifications_accepted_total"] == 15
    assert len(list(tmp_path.glob("counter_*.db"))) == 2, "one of the living, one of the dead"
