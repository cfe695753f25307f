"""Which retry policy a delivery has: the table's, the installation's figures, its topic's."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from delivery.retry import RetryPolicy
from notifications.deciding import patience


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRules:
    """`installation` are the figures that hold for all channels and priorities alike."""

    installation: Mapping[str, float] = field(default_factory=dict)

    def policy(self, channel: str, lane: str, asked: Mapping[str, float]) -> RetryPolicy:
        """The policy of a delivery whose topic asks for those figures, if any."""
        rule = patience.rule(channel, lane, self.installation, asked)
        return RetryPolicy(
            first=rule.first, factor=rule.factor, longest=rule.longest, tries=int(rule.tries)
        )
