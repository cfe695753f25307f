"""What follows from each error class."""

from delivery.errors import RULES, DeliveryError, ErrorClass, Fault, When
from notifications.models.suppression import SuppressionReason
from notifications.states import Status


def test_every_class_has_a_rule_and_advice():
    assert set(RULES) == set(ErrorClass)
    for rule in RULES.values():
        assert rule.advice.endswith(".")
        assert isinstance(rule.fault, Fault)


def test_what_speaks_against_an_address_suppresses_it():
    suppressing = {name: rule.suppresses for name, rule in RULES.items() if rule.suppresses}
    assert suppressing == {ErrorClass.BAD_ADDRESS: "bad_address", ErrorClass.OPTED_OUT: "opt_out"}
    assert set(suppressing.values()) <= set(SuppressionReason.values)


def test_who_cannot_be_reached_for_now_is_tried_again_and_is_nobody_elses_fault():
    rule = RULES[ErrorClass.UNREACHABLE]
    assert (rule.when, rule.fault, rule.ends) == (When.BACK_OFF, Fault.RECIPIENT, Status.DEAD)


def test_advice_is_one_sentence():
    for rule in RULES.values():
        assert rule.advice.count(". ") == 0


def test_what_is_tried_again_gives_up_as_dead_or_unknown():
    for rule in RULES.values():
        if rule.retry:
            assert rule.ends in {Status.DEAD, Status.UNKNOWN}


def test_permanent_refusals_end_as_failed():
    permanent = (
        ErrorClass.BAD_ADDRESS,
        ErrorClass.OPTED_OUT,
        ErrorClass.CONTENT_REFUSED,
        ErrorClass.RENDERING,
    )
    for name in permanent:
        assert RULES[name].ends is Status.FAILED
        assert RULES[name].when is When.NEVER


def test_an_error_knows_its_rule():
    error = DeliveryError(error_class=ErrorClass.BUSY)
    assert error.rule is RULES[ErrorClass.BUSY]
