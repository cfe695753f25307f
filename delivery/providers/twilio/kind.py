"""Twilio as a kind of account."""

from delivery.providers.kinds import Field, Hook, Kind, Type

KIND = Kind(
    name="twilio",
    label="Twilio",
    channels=("sms",),
    driver="delivery.providers.twilio.driver.Twilio",
    options=(
        Field(name="from", label="Sender", help="Number (E.164), short code or sender id."),
        Field(name="messaging_service_sid", label="Messaging service", help="Instead of a sender."),
        Field(
            name="base_url",
            label="Base address",
            type=Type.URL,
            help="Instead of https://api.twilio.com, such as a stub or a proxy.",
        ),
        Field(name="region", label="Region", help="Such as ie1; with an edge, or alone."),
        Field(name="edge", label="Edge", help="Such as dublin."),
        Field(
            name="timeout",
            label="Time-out",
            type=Type.NUMBER,
            most=120,
            help="Seconds; 15 if empty.",
        ),
        Field(
            name="callbacks",
            label="Ask for receipts",
            type=Type.BOOLEAN,
            help="Whether each message names the hook's address for its receipts. Yes if empty, "
            "once Twilio can reach the address: SIGNALBUS_HOOKS_URL is set, or it is HTTPS.",
        ),
    ),
    credentials=(
        Field(name="account_sid", label="Account SID", required=True),
        Field(name="auth_token", label="Auth token or API key secret", required=True),
        Field(name="api_key", label="API key SID", help="Empty where the auth token is given."),
        Field(
            name="webhook_auth_token",
            label="Auth token of the hook",
            help="For receipts, where the account has an API key: the auth token, which Twilio "
            "signs with.",
        ),
    ),
    needs_one_of=("from", "messaging_service_sid"),
    hook=Hook(
        reader="delivery.receipts.readers.twilio.TwilioReader",
        setup=(
            "Receipts need nothing: each message names the address, unless the account says "
            "otherwise. For what people send (STOP, say), enter it at the number or messaging "
            "service, as the webhook for incoming messages."
        ),
        proofs=("auth_token", "webhook_auth_token"),
        inbound_proofs=("auth_token", "webhook_auth_token"),
    ),
)
