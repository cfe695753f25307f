"""Twilio as a kind of account."""

from delivery.providers.kinds import Field, Kind, Type

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
    ),
    credentials=(
        Field(name="account_sid", label="Account SID", required=True),
        Field(name="auth_token", label="Auth token or API key secret", required=True),
        Field(name="api_key", label="API key SID", help="Empty where the auth token is given."),
    ),
    needs_one_of=("from", "messaging_service_sid"),
)
