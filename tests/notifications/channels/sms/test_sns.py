"""SMS by an API of SNS: what its answers mean."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest

from services.notifications.channels.port import DeliveryStatus, OnDoubt
from services.notifications.channels.sms import sns
from shared.errors import Unauthenticated
from tests.notifications.channels.conftest import FATES, fates, message, request
from tests.support.carriers import CarrierServer


def test_every_answer_of_sns_is_understood(
    provider: Callable[[str], Any], server: CarrierServer
) -> None:
    found = provider("sns")

    assert fates(server, found, "sns", "sms", "+79161234567") == FATES
    assert found.on_doubt is OnDoubt.LEAVE
    sent = found.send(message("n1"))
    assert (sent.segments, sent.kopecks) == (1, 500)
    assert server.copies()["msg_n1"] == 1
    unreachable = found.model_copy(update={"endpoint": "http://127.0.0.1:9"})
    assert unreachable.send(message("n2")).status is DeliveryStatus.ABSENT
    with pytest.raises(Unauthenticated):
        found.verify(request({}))


@pytest.mark.parametrize("sender", ["Ryadom", ""])
def test_an_sms_is_no_advertisement_and_names_its_sender_where_the_stage_has_one(
    provider: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, sender: str
) -> None:
    client = Mock()
    client.publish.return_value = {"MessageId": "1"}
    monkeypatch.setattr(sns.Sns, "client", Mock(return_value=client))
    found = provider("sns").model_copy(update={"sender": sender, "kopecks": None})

    sent = found.send(message("n1"))

    said = {"AWS.SNS.SMS.SMSType": "Transactional"}
    said |= {"AWS.SNS.SMS.SenderID": sender} if sender else {}
    assert client.publish.call_args.kwargs == {
        "PhoneNumber": "+79161234567",
        "Message": "Здравствуйте!",
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in said.items()
        },
    }
    assert (sent.segments, sent.kopecks) == (1, None), "no contract says its price"
    priced = found.model_copy(update={"kopecks": 500})
    long = replace(message("n2"), text="Здравствуйте! " * 10)
    assert (priced.send(long).segments, priced.send(long).kopecks) == (3, 1500)
