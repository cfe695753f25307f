"""Which retry policy a delivery has."""

from delivery.retry import RetryPolicy
from delivery.retry_rules import RetryRules


def test_the_channels_and_the_priorities() -> None:
    policy = RetryRules().policy("email", "normal", {})
    assert policy == RetryPolicy(first=10, factor=3, longest=3600, tries=8)
    assert RetryRules().policy("email", "high", {}).first < policy.first


def test_the_installations_figures_hold_for_all() -> None:
    rules = RetryRules(installation={"tries": 2, "deadline": 60.0})
    assert rules.policy("email", "bulk", {}).tries == rules.policy("sms", "high", {}).tries == 2


def test_the_topic_goes_before() -> None:
    rules = RetryRules(installation={"tries": 2, "first": 1.0})
    assert rules.policy("sms", "normal", {"tries": 5, "factor": 1}) == RetryPolicy(
        first=1.0, factor=1, longest=3600, tries=5
    )
