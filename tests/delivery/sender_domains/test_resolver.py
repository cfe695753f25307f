"""Questions to a name server of the tests' own."""

import socketserver
import threading
from collections.abc import Iterator

import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from delivery.sender_domains import resolver
from delivery.sender_domains.resolver import Questions
from delivery.sender_domains.values import UnansweredError

RECORDS = {
    "acme.example.": ("TXT", ['"v=spf1 " "mx -all"', '"other"']),
    "s1._domainkey.acme.example.": ("CNAME", ["key.service.example."]),
    "key.service.example.": ("TXT", ['"p=1"']),
    "empty.example.": ("TXT", []),
}
ask = Questions._ask


class Server(socketserver.ThreadingUDPServer):
    daemon_threads = True
    asked: list[str]


class Names(socketserver.BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        question = dns.message.from_wire(self.request[0])
        name = question.question[0].name.to_text()
        self.server.asked.append(name)
        if name.startswith("silent"):
            return
        answer = dns.message.make_response(question)
        if name.startswith("failing"):
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name not in RECORDS:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        while name in RECORDS:
            kind, values = RECORDS[name]
            if values:
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *values))
            name = values[0] if kind == "CNAME" else ""
        self.request[1].sendto(answer.to_wire(), self.client_address)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(Questions, "_ask", ask)
    monkeypatch.setattr(resolver, "EACH", 0.3)
    with Server(("127.0.0.1", 0), Names) as names:
        names.asked = []
        thread = threading.Thread(target=names.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield names
        names.shutdown()
        thread.join()


@pytest.fixture
def questions(server: Server) -> Questions:
    own = dns.resolver.Resolver(configure=False)
    own.nameservers, own.port = ["127.0.0.1"], server.server_address[1]
    return Questions(own)


def test_the_pieces_of_a_record_are_one_text(questions: Questions):
    assert questions.texts("Acme.example") == ["other", "v=spf1 mx -all"]


def test_an_alias_is_followed(questions: Questions):
    assert questions.texts("s1._domainkey.acme.example") == ["p=1"]


@pytest.mark.parametrize("name", ["gone.example", "empty.example"])
def test_nothing_there(questions: Questions, name: str):
    assert questions.texts(name) == []
    assert questions.all_answered


@pytest.mark.parametrize("name", ["silent.example", "failing.example", "a..example", "x" * 300])
def test_no_answer(questions: Questions, name: str):
    with pytest.raises(UnansweredError):
        questions.texts(name)
    assert not questions.all_answered


def test_each_question_is_asked_once(questions: Questions, server: Server):
    for _ in range(3):
        questions.texts("acme.example")
    assert server.asked == ["acme.example."]


def test_there_is_an_end_to_it(
    questions: Questions, server: Server, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(questions, "_until", 0.0)
    with pytest.raises(UnansweredError, match="longer than"):
        questions.texts("acme.example")
    assert server.asked == []
