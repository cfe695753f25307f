"""One connection to an SMTP server, and how far each message came on it.

smtplib's own `sendmail` does not tell whether a connection broke before or after the server had
the whole message; only after it may the message be on its way. So the steps are taken one by one,
and in one go (RFC 2920) where the server offers PIPELINING.
"""

from contextlib import suppress

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.base import Accepted, Outcome
from delivery.providers.email.smtp_codes import Stage, smtp_error
from delivery.providers.email.smtp_envelope import Envelope
from delivery.providers.email.smtp_opening import Target, connected
from delivery.providers.network_codes import never_sent, outcome_unknown
from signalbus.core.deadlines import Deadline

CLOSING = 421
POSITIVE = {Stage.SENDER: (250,), Stage.RECIPIENT: (250, 251), Stage.CONTENT: (354,)}
LAST_STEP = 2  # times the time-out, for the server's look at the content
# Of all steps up to a point together, which a server could else drag out byte by byte: so many
# times the time-out, but no longer than a patient caller waits, or than one step may take.
STEPS = 4
LONGEST = 90.0
GOODBYE_SECONDS = 1.0
Reply = tuple[int, bytes]


class Connection:
    """Open and logged in. Making one raises what smtplib, the network and `dial` raise."""

    def __init__(self, target: Target) -> None:
        self.alive = True
        self.was_stale = False
        """Whether it broke, or was told to close, before the server had anything of the last
        message: on a kept connection that only means that it was kept too long."""

        self.delivered = 0
        self._timeout = target.timeout
        self._deadline = Deadline()
        with self._deadline.within(_all_steps(target.timeout)):
            self._server = connected(target, self._deadline)

    def deliver(self, envelope: Envelope) -> Outcome:
        """Hands one message over. Never raises for what server or network do."""
        try:
            with self._deadline.within(_all_steps(self._timeout)):
                refusal = self._announce(envelope)
                if refusal is None:
                    self._server.send(envelope.content)
        except OSError as error:
            return self._lost(error)
        return refusal if refusal is not None else self._answer(envelope)

    def close(self) -> None:
        self.alive = False
        with suppress(OSError):
            self._give(GOODBYE_SECONDS)
            self._server.putcmd("quit")
        self._server.close()

    def _announce(self, envelope: Envelope) -> DeliveryError | None:
        """Sender, recipient and the wish to send; what the server has against it, if anything."""
        if not envelope.is_ascii and not self._server.has_extn("smtputf8"):
            return _beyond_ascii(envelope)
        self._server.command_encoding = "ascii" if envelope.is_ascii else "utf-8"
        commands = self._commands(envelope)
        if self._server.has_extn("pipelining"):
            return self._in_one_go(commands)
        for stage, command in commands.items():
            self._server.putcmd(command)
            refusal = self._refusal(stage, self._server.getreply())
            if refusal is not None:
                self._reset()
                return refusal
        return None

    def _commands(self, envelope: Envelope) -> dict[Stage, str]:
        options = []
        if self._server.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        if not envelope.is_ascii:
            options.append("SMTPUTF8")
        return {
            Stage.SENDER: " ".join([f"MAIL FROM:<{envelope.sender}>", *options]),
            Stage.RECIPIENT: f"RCPT TO:<{envelope.recipient}>",
            Stage.CONTENT: "DATA",
        }

    def _in_one_go(self, commands: dict[Stage, str]) -> DeliveryError | None:
        self._server.send("".join(f"{command}\r\n" for command in commands.values()))
        replies = {stage: self._server.getreply() for stage in commands}
        refusals = [self._refusal(stage, reply) for stage, reply in replies.items()]
        first = next((refusal for refusal in refusals if refusal is not None), None)
        if first is not None and refusals[-1] is None:
            self.close()  # the server waits for content now: hanging up is the way out
        elif first is not None:
            self._reset()
        return first

    def _refusal(self, stage: Stage, reply: Reply) -> DeliveryError | None:
        code, text = reply
        if code in POSITIVE[stage]:
            return None
        if code == CLOSING:
            self.alive, self.was_stale = False, True
        return smtp_error(code, text, stage)

    def _reset(self) -> None:
        """Makes the connection good for another message after a refusal."""
        if self.alive:
            try:
                self._server.rset()
            except OSError:
                self.alive = False

    def _answer(self, envelope: Envelope) -> Outcome:
        """The server has it all: without an answer from here on, nobody knows."""
        try:
            self._give(self._timeout * LAST_STEP)
            with self._deadline.within(self._timeout * LAST_STEP):
                code, text = self._server.getreply()
            self._give(self._timeout)
        except OSError as error:
            self.alive = False
            return outcome_unknown(error)
        self.delivered += 1
        self.alive = code != CLOSING
        if code // 100 == 2:
            return Accepted(reference=envelope.message_id)
        if code // 100 in (4, 5):
            return smtp_error(code, text, Stage.CONTENT)
        self.alive = False
        return DeliveryError(
            error_class=ErrorClass.UNKNOWN_OUTCOME, code=str(code), detail=f"{code} {text!r}"
        )

    def _give(self, seconds: float) -> None:
        """The time that the next step may take."""
        if self._server.sock is not None:
            self._server.sock.settimeout(seconds)

    def _lost(self, error: Exception) -> DeliveryError:
        self.alive, self.was_stale = False, True
        return never_sent(error)


def _all_steps(timeout: float) -> float:
    return max(timeout, min(STEPS * timeout, LONGEST))


def _beyond_ascii(envelope: Envelope) -> DeliveryError:
    return DeliveryError(
        error_class=ErrorClass.CONTENT_REFUSED,
        code="5.6.7",
        detail=f"The server takes no addresses beyond ASCII, such as {envelope.recipient}.",
    )
