"""The driver of an account that cannot be used: it refuses every message with the reason."""

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.account import Account
from delivery.providers.base import Message, Outcome, Provider


class BrokenAccount(Provider):
    """Stands in for a driver that could not be built."""

    def __init__(self, account: Account, reason: str) -> None:
        super().__init__(account)
        self.kind = account.kind  # type: ignore[misc]
        self._reason = reason

    def send_one(self, message: Message) -> Outcome:  # noqa: ARG002
        return DeliveryError(
            error_class=ErrorClass.OUR_ACCOUNT, code="account", detail=self._reason
        )
