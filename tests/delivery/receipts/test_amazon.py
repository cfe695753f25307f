"""Amazon SES: only what Amazon signed, of the account's own topic or with its password."""

import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.delivery.receipts.calls import BASIC, CERTIFICATE_URL, PASSWORD, TOPIC, event, post, sns
from tests.delivery.receipts.sent import Sent, make_hooked

DELIVERY = event("amazon_ses", "delivery")
SUBSCRIBE = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc"
CONFIRMATION = {
    "Type": "SubscriptionConfirmation",
    "Message": "You have chosen to subscribe to the topic.",
    "Token": "abc",
    "SubscribeURL": SUBSCRIBE,
}
BY_PASSWORD = {"credentials": {"webhook_secret": PASSWORD}, "options": {}}


@pytest.fixture
def sent(acme: Any) -> Sent:
    return Sent(acme, make_hooked(acme, "amazon_ses"))


def call(sent: Sent, message: dict[str, Any], **headers: str) -> int:
    return post("amazon_ses", sent.account.id, sns(message).but(**headers)).status


def notification(sent: Sent, **fields: Any) -> dict[str, Any]:
    ids = {"delivery": sent.delivery.id, "attempt": sent.attempt.id, "tenant": sent.tenant.id}
    body = DELIVERY.about(**ids, reference="x")
    return {"Type": "Notification", "Message": json.dumps(body), **fields}


def test_a_subscription_to_the_own_topic_is_confirmed(sent: Sent, fetched: list[str]):
    assert call(sent, CONFIRMATION) == 200
    assert fetched == [CERTIFICATE_URL, SUBSCRIBE]


def test_one_to_another_topic_is_not(sent: Sent, fetched: list[str]):
    assert call(sent, {**CONFIRMATION, "TopicArn": TOPIC + "-of-a-stranger"}) == 403
    assert fetched == []


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription",
        "https://sns.us-east-1.amazonaws.com.evil.example/",
        "https://evil.example/sns.us-east-1.amazonaws.com",
        "https://sns.us-east-1.amazonaws.com@evil.example/",
        "https://sns.us-east-1.amazonaws.com:8443/",
        "https://169.254.169.254/latest/meta-data/",
        "",
    ],
)
def test_only_addresses_of_sns_are_called(sent: Sent, fetched: list[str], url: str):
    assert call(sent, {**CONFIRMATION, "SubscribeURL": url}) == 403
    assert url not in fetched
    assert call(sent, notification(sent, SigningCertURL=url)) == 403
    assert url not in fetched
    assert sent.receipts == []


@pytest.mark.parametrize(
    "url",
    [
        "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-0123.pem",
        "https://sns.s3.amazonaws.com/SimpleNotificationService-0123.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123.pem?a=b",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-01/23.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123.pem#a",
        "https://sns.us-east-1.amazonaws.com/?Action=GetPublicKey",
    ],
)
def test_only_certificates_of_sns_are_trusted(sent: Sent, fetched: list[str], url: str):
    assert call(sent, notification(sent, SigningCertURL=url)) == 403
    assert fetched == []


@pytest.mark.parametrize("region", ["eu-west-3", "us-gov-east-1", "cn-north-1"])
def test_every_region_has_one(sent: Sent, region: str):
    host = f"sns.{region}.amazonaws.com" + (".cn" if region.startswith("cn") else "")
    url = f"https://{host}/SimpleNotificationService-0123abCD.pem"
    assert call(sent, notification(sent, SigningCertURL=url)) == 200


def test_a_signature_of_other_characters_is_none(sent: Sent):
    signed = sns(notification(sent))
    body = json.dumps({**json.loads(signed.body), "Signature": "\u00e9"}).encode()
    assert post("amazon_ses", sent.account.id, replace(signed, body=body)).status == 403


def test_the_certificate_is_fetched_once(sent: Sent, fetched: list[str]):
    for _ in range(3):
        assert call(sent, notification(sent)) == 200
    assert fetched == [CERTIFICATE_URL]


def test_another_key_signs_nothing(sent: Sent):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = sns(notification(sent), key=stranger)
    assert post("amazon_ses", sent.account.id, forged).status == 403
    assert sent.status == "sent"


def test_the_headers_belong_to_the_message(sent: Sent):
    assert call(sent, notification(sent), x_amz_sns_message_id="another") == 403
    assert sent.receipts == []


def test_sns_sends_the_password_once_it_is_asked(acme: Any):
    sent = Sent(acme, make_hooked(acme, "amazon_ses", **BY_PASSWORD))
    asked = post("amazon_ses", sent.account.id, sns(notification(sent)))
    assert (asked.status, asked.headers["WWW-Authenticate"]) == (401, 'Basic realm="signalbus"')
    assert call(sent, notification(sent), Authorization=BASIC) == 200
    assert sent.status == "delivered"


def test_the_password_alone_confirms_no_forged_subscription(acme: Any, fetched: list[str]):
    sent = Sent(acme, make_hooked(acme, "amazon_ses", **BY_PASSWORD))
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = sns(CONFIRMATION, key=stranger).but(Authorization=BASIC)
    assert post("amazon_ses", sent.account.id, forged).status == 403
    assert SUBSCRIBE not in fetched


def test_what_ses_says_first_is_taken_quietly(sent: Sent):
    words = "Successfully validated SNS topic for Amazon SES event publishing."
    assert call(sent, {"Type": "Notification", "Message": words}) == 200
    assert sent.receipts == []
