"""SMSC: what its answers mean, asking by our id, and its call-backs."""

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock
from urllib.parse import parse_qs, urlencode

import pytest

from infra.local_platform.fake_carriers import call_back
from services.notifications.channels.port import DeliveryStatus, OnDoubt, Sending
from services.notifications.channels.sms import smsc
from services.notifications.channels.wire import WireAnswer
from shared.api.inputs import Request
from shared.errors import Unauthenticated
from tests.notifications.channels.conftest import FATES, fates, message, request
from tests.support.carriers import CarrierServer

PHONE = "+79161234567"


def test_every_answer_of_smsc_is_understood(
    provider: Callable[[str], Any], server: CarrierServer
) -> None:
    found = provider("smsc")

    assert fates(server, found, "smsc", "sms", PHONE) == FATES
    assert found.on_doubt is OnDoubt.ASK_AT_ADDRESS
    sent = found.send(message("s1"))
    assert (sent.provider_id, sent.segments, sent.kopecks) == ("msg_s1", 1, 350)


def test_smsc_is_asked_by_our_id(provider: Callable[[str], Any], server: CarrierServer) -> None:
    found = provider("smsc")

    def status(number: int | None) -> DeliveryStatus:
        server.carriers.states.pop("msg_s2", None)
        if number is not None:
            server.carriers.states["msg_s2"] = number
        reported: DeliveryStatus = found.status(Sending("msg_s2", PHONE)).status
        return reported

    assert {number: status(number) for number in (None, 2, 20)} == {
        None: DeliveryStatus.ABSENT,
        2: DeliveryStatus.READ,
        20: DeliveryStatus.REFUSED,
    }
    # Servers and proxies log addresses.
    assert "smsc POST status.php" in server.carriers.calls
    assert "smsc GET status.php" not in server.carriers.calls
    unreachable = found.model_copy(update={"url": "http://127.0.0.1:9"})
    assert unreachable.status(Sending("msg_s2", PHONE)).status is DeliveryStatus.UNKNOWN


def test_a_call_back_of_smsc_is_believed_by_its_signature(provider: Callable[[str], Any]) -> None:
    found = provider("smsc")
    right = call_back("smsc", "msg_s1", PHONE)
    form = {name: values[0] for name, values in parse_qs(right.body).items()}

    found.verify(request(right.body))
    signature = {"queryStringParameters": {"sha1": form.pop("sha1")}}
    found.verify(Request({"body": urlencode(form), "headers": {}} | signature))
    changing = found.model_copy(update={"secret": "next-one", "former_secret": "demo-secret"})
    changing.verify(request(right.body))
    (update,) = found.parse(request(right.body)).updates
    assert (update.message_id, update.report.status) == ("msg_s1", DeliveryStatus.DELIVERED)
    failed = call_back("smsc", "msg_s1", PHONE, failed=True)
    assert found.parse(request(failed.body)).updates[0].report.code == "cannot_be_delivered"
    for nothing in ("-3", "24", "?"):
        said = urlencode(form | {"status": nothing})
        assert found.parse(request(said)).updates == (), "it says of no message that it was taken"
    for wrong in ({"status": "20"}, {"sha1": "0"}, {"id": "msg_s2"}):
        with pytest.raises(Unauthenticated):
            found.verify(request(urlencode(form | wrong)))
    with pytest.raises(Unauthenticated):
        found.model_copy(update={"secret": ""}).verify(request(right.body))
    with pytest.raises(Unauthenticated):
        found.verify(request("\xff" * 10))


def test_only_some_errors_of_smsc_say_that_it_has_no_message(
    provider: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent(code: int | None) -> str:
        return smsc._sent(WireAnswer(200, {"error_code": code}), message("s1")).status.value

    assert {code: sent(code) for code in (1, 2, 3, 4, 6, 7, 8, 9, None)} == {
        1: "absent", 2: "absent", 3: "absent", 4: "absent", 6: "refused", 7: "refused",
        8: "refused", 9: "unknown", None: "unknown",
    }  # fmt: skip
    assert sent(True) == "unknown", "no number of an error"
    # Of a question, that it was asked wrongly or too often says nothing about the message.
    for code, means in (
        (1, "unknown"),
        (2, "unknown"),
        (3, "absent"),
        (4, "unknown"),
        (9, "unknown"),
    ):
        monkeypatch.setattr(
            smsc, "ask", lambda call, code=code: WireAnswer(200, {"error_code": code})
        )
        assert provider("smsc").status(Sending("msg_s9", PHONE)).status.value == means, code


def test_each_status_of_smsc_says_whether_and_why_a_message_is_not_read() -> None:
    said = {number: smsc._state(number) for number in (*range(-3, 5), 20, 22, 23, 24, 25, 999)}
    refused = {number: each.code for number, each in said.items() if each.status == "refused"}
    assert refused == {
        -2: "cannot_be_delivered", 3: "out_of_reach", 20: "cannot_be_delivered",
        22: "no_such_number", 23: "text_forbidden", 25: "out_of_reach",
    }  # fmt: skip
    others = {number: said[number].status.value for number in said.keys() - refused.keys()}
    assert others == {
        -3: "absent", -1: "taken", 0: "taken", 1: "delivered", 2: "read", 4: "read", 24: "absent",
        999: "unknown",
    }  # fmt: skip


@pytest.mark.parametrize("sender", ["Ryadom", ""])
def test_a_sender_is_named_where_the_stage_has_one(
    provider: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, sender: str
) -> None:
    calls = list[Any]()
    monkeypatch.setattr(smsc, "deliver", lambda call, read: calls.append(call))
    provider("smsc").model_copy(update={"sender": sender}).send(message("s1"))
    assert calls[0].form.get("sender") == (sender or None)


def test_smsc_is_told_how_to_read_what_is_sent_and_how_to_answer(
    provider: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise it takes Cyrillic for windows-1251, and answers in words of its own."""
    calls = list[Any]()
    monkeypatch.setattr(smsc, "deliver", lambda call, read: calls.append(call))
    unanswered = Mock(return_value=WireAnswer(500, {}))
    monkeypatch.setattr(smsc, "ask", unanswered)
    found = provider("smsc")
    found.send(message("s1"))
    found.status(Sending("msg_s1", PHONE))
    sent, asked = (call.form for call in (*calls, unanswered.call_args.args[0]))
    assert {sent.pop("apikey"), asked.pop("apikey")} == {found.api_key}
    read = {"id": "msg_s1", "charset": "utf-8", "fmt": "3"}
    assert sent == {"phones": PHONE, "mes": "Здравствуйте!", "cost": "2"} | read
    assert asked == {"phone": PHONE} | read


def test_the_parts_that_smsc_counted_are_believed_before_ours() -> None:
    said = {"id": "msg_s1", "cost": "1.20"}
    counts: tuple[object, ...] = (3, 20, 21, 0, -2, 10**40, True, 2.5, "3", None, [])
    answers = [WireAnswer(200, said | {"cnt": parts}) for parts in counts]
    counted = [smsc._sent(answer, message("s1")).segments for answer in answers]
    assert counted == [3, 20, *[1] * 9]


@pytest.mark.parametrize("named", [None, "", 0, True, [], {}, "msg_s2", "x" * 60_000])
@pytest.mark.parametrize("status", [200, 302, 403])
def test_what_does_not_name_our_message_does_not_say_that_it_was_sent(
    named: object, status: int
) -> None:
    """Proxies on the way answer with ids of their own."""
    said = smsc._sent(WireAnswer(status, {"id": named, "cnt": 1}), message("s1"))
    assert (said.status, said.provider_id) == (DeliveryStatus.UNKNOWN, None)


@pytest.mark.parametrize(
    ("cost", "kopecks"), [("1e999", None), ("nan", None), ("?", None), ("-1", None), ("2.5", 250)]
)
def test_a_price_is_a_number_or_none(cost: str, kopecks: int | None) -> None:
    assert smsc.kopecks(cost) == kopecks
