"""Amazon SES, whose receipts come by way of Amazon SNS."""

from typing import Any

from django.http import HttpRequest

from delivery.receipts.readers import proofs, sns
from delivery.receipts.readers.base import Read
from delivery.receipts.readers.esp import EspReader

SESSION = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "region_name")


class AmazonReader(EspReader):
    """Takes only what Amazon signed, and of that only its own topic's or what has the password.

    Anybody can have Amazon sign a message of a topic of theirs, so the signature alone is no
    proof; and the password alone does not show that a subscription is Amazon's to confirm.
    """

    def read(self, request: HttpRequest) -> Read:
        read = super().read(request)
        message = sns.message_of(request.body)
        if message.get("Type") == sns.CONFIRMATION:
            sns.confirm(message)
        return read

    def check(self, view: Any, request: HttpRequest) -> None:
        super().check(view, request)
        sns.check(sns.message_of(request.body), proofs.given(self.account, "topic_arn"))

    def proving(self, *, inbound: bool) -> dict[str, Any]:  # noqa: ARG002
        """What anymail checks itself; subscriptions are confirmed here, not by it."""
        password = {"webhook_secret": self.password} if self.password else {}
        return {**password, "auto_confirm_sns_subscriptions": False, **self._session()}

    def _session(self) -> dict[str, Any]:
        """For fetching inbound messages from S3."""
        named = {name: proofs.given(self.account, name) for name in SESSION}
        return {"session_params": {name: value for name, value in named.items() if value}}
