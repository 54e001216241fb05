"""SMS by an API of SNS: what its answers mean."""

from collections.abc import Callable
from typing import Any

import pytest

from services.notifications.channels.port import DeliveryStatus, OnDoubt
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
