"""What policies ask of delivering, as values."""

from dataclasses import replace
from typing import Any

from delivery import topic_rules
from delivery.topics import COMMON, ByTopic, TopicRules
from notifications.models import PolicyChannel
from tenants.context import in_tenant
from tenants.schemas import TenantWork, run_for_tenants
from tests.make import make_policy


def of(tenant: Any) -> ByTopic:
    known = topic_rules.kept(tenant.id)
    if known is not None:
        return known
    (answer,) = run_for_tenants([TenantWork(tenant.schema, [(topic_rules.UNCOMMON, {})])])
    assert not isinstance(answer, Exception)
    return topic_rules.keep(tenant.id, answer[0])


def test_a_policy_that_asks_for_nothing_is_not_read(acme: Any):
    make_policy(acme, "person.greeted")
    assert "person.greeted" not in of(acme)


def test_what_a_policy_asks_for(acme: Any):
    make_policy(acme, "a.retry", retry={"tries": 2, "deadline": 60})
    make_policy(acme, "b.override", overrides=["hard_bounce", "manual"])
    make_policy(acme, "c.watch", watch_seconds=30)
    found = of(acme)
    assert found["a.retry"] == replace(COMMON, retry={"tries": 2, "deadline": 60})
    assert found["b.override"] == replace(COMMON, overrides=frozenset({"hard_bounce", "manual"}))
    assert found["c.watch"] == TopicRules(watch_seconds=30)


def test_channels_to_fall_back_to_come_in_their_order(acme: Any):
    policy = make_policy(acme, "login.tried", channels=("email",))
    with in_tenant(acme):
        first = policy.channels.get().template
        for channel, position in (("sms", 2), ("push", 1)):
            PolicyChannel.objects.create(
                policy=policy, channel=channel, template=first, position=position, fallback=True
            )
    assert of(acme)["login.tried"].fallbacks == (("push", first.id), ("sms", first.id))


def test_they_are_kept_for_a_moment_and_each_tenant_has_its_own(acme: Any, globex: Any):
    of(globex)
    make_policy(acme, "late", watch_seconds=30)
    make_policy(globex, "later", watch_seconds=30)
    assert "late" in of(acme)
    assert "late" not in of(globex)
    assert "later" not in of(globex)
    topic_rules.forget()
    assert "later" in of(globex)
