"""What is measured, in which order, and what it ought to reach."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import accepting, draining, latency, people
from benchmarks.report import Report
from benchmarks.stack import Stack

DRAINED = 20_000
SLOW_DRAINED = 4_000
TENANTS = 100
BATCH_GOAL = 8_000  # items/s
DRAIN_GOAL = 2_000  # messages/s
SLOW_GOAL = 500  # messages/s, at 50 ms each
MEDIAN_GOAL, SLOWEST_GOAL = 30, 150  # ms from POST to provider: p50 and p99
ALONE = "drain, simulator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The running stack, a tenant in it, the web's port, and where figures go."""

    stack: Stack
    report: Report
    customer: people.Customer
    port: int
    latency_seconds: float

    def run(self, name: str, measure: "Callable[[Bench], None]") -> None:
        """Make one measure; what goes wrong is reported and harms no other."""
        try:
            measure(self)
        except Exception as problem:
            self.report.fail(name, problem)
            self.stack.stop("worker", "relay")
        draining.forget_queue()


def accept(bench: Bench) -> None:
    """Calibration, then single and batch accepts."""
    stack, report, port, customer = bench.stack, bench.report, bench.port, bench.customer
    report.add("calibration: INSERT, one commit each", accepting.inserts(stack))
    for connections in (1, 32):
        mark = accepting.nothing(stack, port, customer, connections)
        report.add(f"calibration: do-nothing view, {connections} conn.", mark)
    report.add("accept one, 1 conn.", accepting.single(stack, port, customer, 1))
    report.add_goal(
        "accept one, 32 conn.", accepting.single(stack, port, customer, 32), mark["rate"] / 4
    )
    report.add_goal("accept batches of 1,000", accepting.batches(stack, port, customer), BATCH_GOAL)


def drain(bench: Bench) -> None:
    """One tenant's e-mails through the simulator."""
    figures = draining.drain(bench.stack, bench.port, [bench.customer], DRAINED)
    bench.report.add_goal(ALONE, figures, DRAIN_GOAL)


def tenants(bench: Bench) -> None:
    """The same, spread over many tenants."""
    customers = people.make_customers("bench", TENANTS)
    figures = draining.drain(bench.stack, bench.port, customers, DRAINED)
    goal = bench.report.rate_of(ALONE, DRAIN_GOAL) * 0.8
    bench.report.add_goal(f"drain, simulator, {TENANTS} tenants", figures, goal)


def smtp(bench: Bench) -> None:
    """E-mails to a server that takes its time."""
    _slow(bench, "email", "SMTP", people.smtp_account)


def twilio(bench: Bench) -> None:
    """SMS to a service that takes its time."""
    _slow(bench, "sms", "Twilio", people.twilio_account)


def post_to_provider(bench: Bench) -> None:
    """How long a single message is under way."""
    figures = latency.post_to_provider(
        bench.stack, bench.port, bench.customer, bench.latency_seconds
    )
    met = figures["p50_ms"] < MEDIAN_GOAL and figures["p99_ms"] < SLOWEST_GOAL
    goal = f"p50 < {MEDIAN_GOAL}, p99 < {SLOWEST_GOAL} ms"
    bench.report.add(f"POST to provider, {latency.PER_SECOND}/s", figures, goal, met)


def _slow(
    bench: Bench, channel: str, name: str, account: Callable[[dict[str, int]], people.NewAccount]
) -> None:
    ports = bench.stack.stub()
    people.set_account(bench.customer.schema, channel, account(ports))
    figures = draining.drain(bench.stack, bench.port, [bench.customer], SLOW_DRAINED, channel)
    people.set_account(bench.customer.schema, channel, people.SIMULATED)
    bench.stack.check_stub_took(SLOW_DRAINED)
    bench.stack.stop("stubs")
    bench.report.add_goal(f"drain, {name} at 50 ms", figures, SLOW_GOAL)


TABLE: dict[str, Callable[[Bench], None]] = {
    "accept": accept,
    "drain": drain,
    "tenants": tenants,
    "smtp": smtp,
    "twilio": twilio,
    "latency": post_to_provider,
}
