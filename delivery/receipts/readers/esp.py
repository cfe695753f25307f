"""Receipts and inbound messages of e-mail services, by anymail's webhook views."""

import warnings
from collections.abc import Sequence
from typing import Any

import requests
from anymail.exceptions import (
    AnymailConfigurationError,
    AnymailError,
    AnymailInsecureWebhookWarning,
    AnymailNotSupportedWarning,
    AnymailWebhookValidationFailure,
)
from anymail.signals import AnymailInboundEvent, AnymailTrackingEvent
from django.http import HttpRequest
from django.utils.module_loading import import_string

from delivery.providers.account import Account
from delivery.providers.email.hooks import BY_NAME, pem
from delivery.receipts.readers import proofs, tracking
from delivery.receipts.readers.base import (
    INBOUND,
    Read,
    Reader,
    unproven,
    unreadable,
    without_password,
)
from delivery.receipts.readers.inbound_mail import inbound_mail
from signalbus.api.problems import Problem

PASSWORD = "webhook_secret"  # noqa: S105 - a name
PUBLIC_KEYS = frozenset(
    {("postal", "webhook_key"), ("sendgrid", "tracking_webhook_verification_key")}
)
SIGNS_ADDRESS = "mandrill"
# What anymail's views take beside the proofs, for fetching what came in from the service.
FETCHING = ("api_key", "api_token", "api_url")
WRONG_FORM = (
    AnymailError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
)


class EspReader(Reader):
    """Lets anymail check and read the request; `Hook` says by which views and secrets."""

    def __init__(self, account: Account, *, url: str, tenant_id: int | None) -> None:
        super().__init__(account, url=url, tenant_id=tenant_id)
        self._esp = BY_NAME[account.kind]

    def read(self, request: HttpRequest) -> Read:
        inbound = INBOUND in request.GET
        proofs.require(self.account, self._esp.hook, inbound=inbound)
        if self.password and not request.META.get("HTTP_AUTHORIZATION"):
            raise without_password()
        view = self._view(inbound=inbound)
        self.check(view, request)
        return self.sorted(_parsed(view, request))

    @property
    def password(self) -> str:
        """What the service is to name as user and password, if the account says so."""
        return proofs.given(self.account, PASSWORD)

    def check(self, view: Any, request: HttpRequest) -> None:
        """Raise Problem unless the request proves to be the service's."""
        try:
            view.run_validators(request)
        except AnymailWebhookValidationFailure as error:
            raise unproven(str(error)) from error
        except WRONG_FORM as error:
            raise unproven("The request is not in the form that can be checked.") from error

    def proving(self, *, inbound: bool) -> dict[str, Any]:
        """What anymail's view checks the request by."""
        signing = self._esp.signs_inbound if inbound else self._esp.signs
        secrets = {name: self._secret(name) for name in (*signing, PASSWORD)}
        return {name: value for name, value in secrets.items() if value}

    def _secret(self, name: str) -> str:
        secret = proofs.given(self.account, name)
        return pem(secret) if (self.account.kind, name) in PUBLIC_KEYS else secret

    def _view(self, *, inbound: bool) -> Any:
        view = import_string(self._esp.inbound if inbound else self._esp.tracking)
        given = {**self._address(), **self.proving(inbound=inbound)}
        if inbound:
            given = {**self._fetching(), **given}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AnymailInsecureWebhookWarning)
            warnings.simplefilter("ignore", AnymailNotSupportedWarning)
            return view(**given)

    def _address(self) -> dict[str, str]:
        """What is signed beside the form: with user and password, where it has them."""
        if self.account.kind != SIGNS_ADDRESS:
            return {}
        scheme, _, rest = self.url.partition("://")
        user = f"{self.password}@" if self.password else ""
        return {"webhook_url": f"{scheme}://{user}{rest}"}

    def _fetching(self) -> dict[str, str]:
        named = {name: proofs.given(self.account, name) for name in FETCHING}
        return {name: value for name, value in named.items() if value}

    def sorted(self, events: Sequence[Any]) -> Read:
        """What anymail's events are, each in its place."""
        told = [each for each in events if isinstance(each, AnymailTrackingEvent)]
        receipts = [tracking.receipt(self.account.kind, each) for each in told]
        return Read(
            receipts=[each for each in receipts if each is not None],
            ignored=[
                str(each.event_type)
                for each, receipt in zip(told, receipts, strict=True)
                if receipt is None
            ],
            inbound=[
                inbound_mail(self.account, self.tenant_id, each)
                for each in events
                if isinstance(each, AnymailInboundEvent) and each.message is not None
            ],
        )


def _parsed(view: Any, request: HttpRequest) -> list[Any]:
    try:
        return [event for event in view.parse_events(request) if event is not None]
    except AnymailConfigurationError as error:
        raise unreadable(
            "This is not what the address is for: receipts go to the hook's address as it is, "
            f"inbound messages to the same with ?{INBOUND}=1."
        ) from error
    except requests.RequestException as error:
        raise Problem("unavailable", "The message could not be fetched; repeat it.") from error
    except WRONG_FORM as error:
        raise unreadable(f"The request cannot be read: {type(error).__name__}.") from error
