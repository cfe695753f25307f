"""The beginning of a live stream, with one event."""

from signalbus.api.example_answers.common import Answers

TEXT = """\
retry: 2000

id: 4711
event: delivery
data: {"delivery":"019ab1c2-7d8e-7f00-8123-0123456789ab",\
"notification":"019ab1c2-7d8e-7e00-8123-0123456789ab","channel":"email","topic":"order.shipped",\
"status":"sent","previous":"queued","reason":null,"provider":"smtp","error_class":null,\
"at":"2026-11-20T09:30:00.123456Z"}

"""

ANSWERS: Answers = {("GET", "/stream"): TEXT}
