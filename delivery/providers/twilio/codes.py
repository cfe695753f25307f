"""What Twilio's error codes mean, when a message is posted and in its later status.

Sources: https://www.twilio.com/docs/api/errors and, for each code, its page below that, such as
https://www.twilio.com/docs/api/errors/30003 (the codes of messaging that an SMS may meet); all of
them together, as of 2025, in https://github.com/AriaBagheri/twilio-error-rs. A code that is not
here goes by the HTTP status it came with. Those of calls, of buying numbers and of messages that
come in are left out.
"""

from delivery.errors import ErrorClass

BY_CODE: dict[int, ErrorClass] = {
    # --- of the API as a whole
    14107: ErrorClass.BUSY,  # message rate limit exceeded
    20001: ErrorClass.CONTENT_REFUSED,  # unknown parameters
    20003: ErrorClass.OUR_ACCOUNT,  # authentication failed
    20005: ErrorClass.OUR_ACCOUNT,  # account not active
    20006: ErrorClass.OUR_ACCOUNT,  # access denied
    20008: ErrorClass.OUR_ACCOUNT,  # not with test credentials
    20010: ErrorClass.OUR_ACCOUNT,  # switched off for this account
    20403: ErrorClass.OUR_ACCOUNT,  # forbidden
    20404: ErrorClass.OUR_ACCOUNT,  # no such account
    20429: ErrorClass.BUSY,  # too many requests
    20500: ErrorClass.PROVIDER_DOWN,
    20503: ErrorClass.PROVIDER_DOWN,
    20504: ErrorClass.PROVIDER_DOWN,  # failed while it worked on this message
    # --- of what was posted
    21211: ErrorClass.BAD_ADDRESS,  # invalid number
    21212: ErrorClass.OUR_ACCOUNT,  # invalid sender
    21265: ErrorClass.BAD_ADDRESS,  # a short code takes no messages
    21266: ErrorClass.CONTENT_REFUSED,  # sent to the sender's own number
    21267: ErrorClass.OUR_ACCOUNT,  # trial account: the sender may be no name
    21268: ErrorClass.BAD_ADDRESS,  # a premium or information number
    21408: ErrorClass.OUR_ACCOUNT,  # no permission for this region
    21602: ErrorClass.CONTENT_REFUSED,  # no body
    21603: ErrorClass.OUR_ACCOUNT,  # no sender
    21604: ErrorClass.CONTENT_REFUSED,  # no recipient
    21605: ErrorClass.CONTENT_REFUSED,  # body too long
    21606: ErrorClass.OUR_ACCOUNT,  # sender not usable for messages
    21607: ErrorClass.OUR_ACCOUNT,  # sender not owned
    21608: ErrorClass.OUR_ACCOUNT,  # trial account: recipient not verified
    21609: ErrorClass.OUR_ACCOUNT,  # invalid callback address
    21610: ErrorClass.OPTED_OUT,  # recipient sent STOP
    21611: ErrorClass.BUSY,  # the sender's queue is full
    21612: ErrorClass.OUR_ACCOUNT,  # no route from this sender to this recipient
    21614: ErrorClass.BAD_ADDRESS,  # no mobile number
    21617: ErrorClass.CONTENT_REFUSED,  # body too long
    21618: ErrorClass.CONTENT_REFUSED,  # body cannot be sent
    21619: ErrorClass.CONTENT_REFUSED,  # no body
    21635: ErrorClass.BAD_ADDRESS,  # landline
    21657: ErrorClass.OUR_ACCOUNT,  # sender not allowed at this destination
    21658: ErrorClass.CONTENT_REFUSED,  # body too long
    21659: ErrorClass.OUR_ACCOUNT,  # sender is no number of Twilio's
    21660: ErrorClass.OUR_ACCOUNT,  # sender of another account
    21661: ErrorClass.OUR_ACCOUNT,  # sender cannot send SMS
    21701: ErrorClass.OUR_ACCOUNT,  # no such messaging service
    21702: ErrorClass.OUR_ACCOUNT,  # the messaging service is not available
    21703: ErrorClass.OUR_ACCOUNT,  # the messaging service has no number for this recipient
    21704: ErrorClass.OUR_ACCOUNT,  # the messaging service has no senders
    21705: ErrorClass.OUR_ACCOUNT,  # no such messaging service
    21730: ErrorClass.PROVIDER_DOWN,  # under maintenance
    # --- of delivering it
    30001: ErrorClass.BUSY,  # queue overflow
    30002: ErrorClass.OUR_ACCOUNT,  # account suspended
    30003: ErrorClass.UNREACHABLE,  # handset off or out of reach
    # Blocked: by a filter, a list of the carrier's, a landline, or no signal. Who said STOP gets
    # 21610, so this one alone takes nobody's number out of use.
    30004: ErrorClass.UNREACHABLE,
    30005: ErrorClass.BAD_ADDRESS,  # unknown number
    30006: ErrorClass.BAD_ADDRESS,  # landline or unreachable carrier
    30007: ErrorClass.CONTENT_REFUSED,  # filtered by the carrier
    30008: ErrorClass.PROVIDER_DOWN,  # unknown error
    30010: ErrorClass.OUR_ACCOUNT,  # price above the maximum
    30017: ErrorClass.BUSY,  # the carrier's network is congested
    30018: ErrorClass.OUR_ACCOUNT,  # the carrier wants the sender registered: a warning, see 30040
    30019: ErrorClass.CONTENT_REFUSED,  # longer than the carrier takes
    30020: ErrorClass.PROVIDER_DOWN,  # scheduling failed inside
    30021: ErrorClass.PROVIDER_DOWN,  # the messaging service failed inside
    30022: ErrorClass.BUSY,  # 10DLC rate limit
    30023: ErrorClass.BUSY,  # 10DLC daily cap
    30024: ErrorClass.OUR_ACCOUNT,  # numeric sender not provisioned at the carrier
    30027: ErrorClass.BUSY,  # 10DLC daily limit of T-Mobile
    30032: ErrorClass.OUR_ACCOUNT,  # toll-free number not verified
    30033: ErrorClass.OUR_ACCOUNT,  # 10DLC campaign suspended
    30034: ErrorClass.OUR_ACCOUNT,  # 10DLC number not registered
    30035: ErrorClass.OUR_ACCOUNT,  # 10DLC number still being registered
    30036: ErrorClass.BUSY,  # validity period over before it could be sent
    30037: ErrorClass.OUR_ACCOUNT,  # outgoing messages switched off
    30040: ErrorClass.OUR_ACCOUNT,  # the carrier wants the sender registered
    30041: ErrorClass.OUR_ACCOUNT,  # sender not registered in the United Kingdom
    30042: ErrorClass.OUR_ACCOUNT,  # sender too common, or with odd characters
    30043: ErrorClass.OUR_ACCOUNT,  # foreign sender by a domestic route
    30410: ErrorClass.PROVIDER_DOWN,  # time-out at the carrier
    # Suspected fraud: nothing goes to this number for a quarter of an hour, or for some hours.
    30450: ErrorClass.BUSY,
    30453: ErrorClass.BUSY,
    30454: ErrorClass.OUR_ACCOUNT,  # trial account: no more messages
    30485: ErrorClass.BUSY,
    63038: ErrorClass.BUSY,  # the account's messages for a day
}

# A message's status, when it is asked what became of it.
# Source: https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
TAKEN = frozenset(
    {
        "accepted",
        "scheduled",
        "queued",
        "sending",
        "sent",
        "delivered",
        "read",
        "partially_delivered",
    }
)
DELIVERED = frozenset({"delivered", "read"})
