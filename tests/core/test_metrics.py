import tomllib
from pathlib import Path

from prometheus_client import REGISTRY

from signalbus.core import metrics
from signalbus.core.metrics import stream_labels
from signalbus.core.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
LABELS = {
    "route", "method", "code", "channel", "lane", "provider", "outcome", "error_class",
    "version", "python", "event", "limit", "task", "state", "tenant", "certificate", "period",
}  # fmt: skip


def ours() -> dict[str, object]:
    values = vars(metrics).items()
    return {name: value for name, value in values if name.isupper() and hasattr(value, "collect")}


def test_constants_are_named_like_their_metrics() -> None:
    for constant, metric in ours().items():
        assert metric._name == f"signalbus_{constant.lower()}"  # type: ignore[attr-defined]
        assert metric._name in REGISTRY._names_to_collectors  # type: ignore[attr-defined]


def test_labels_are_bounded_words() -> None:
    for metric in ours().values():
        assert set(metric._labelnames) <= LABELS  # type: ignore[attr-defined]


def test_a_stream_is_labelled_by_channel_and_lane() -> None:
    assert stream_labels("email.high") == ("email", "high")
    assert stream_labels("dead") == ("dead", "")


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
