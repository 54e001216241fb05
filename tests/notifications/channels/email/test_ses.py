"""Mail by an API of SESv2: what its answers mean, and what SNS reports of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from infra.fake_carriers import call_back
from services.notifications.channels.port import DeliveryStatus, OnDoubt
from shared.errors import Unauthenticated
from tests.notifications.channels.conftest import FATES, fates, request
from tests.support.carriers import CarrierServer


def test_every_answer_of_ses_is_understood(
    provider: Callable[[str], Any], server: CarrierServer
) -> None:
    found = provider("ses")

    assert fates(server, found, "ses", "email", "anna@example.org") == FATES
    assert found.on_doubt is OnDoubt.LEAVE
    (sent,) = [m for m in server.provider.messages() if m["message_id"] == "msg_ses-none"]
    assert (sent["to"], sent["title"], sent["attempts"]) == ("anna@example.org", "Тема", 1)


def test_a_notice_is_believed_by_its_password_and_read(provider: Callable[[str], Any]) -> None:
    found, right = provider("ses"), call_back("ses", "msg_e1")

    found.verify(request(right.body, dict(right.headers)))
    (update,) = found.parse(request(right.body)).updates
    assert (update.message_id, update.report.status) == ("msg_e1", DeliveryStatus.DELIVERED)
    bounced = call_back("ses", "msg_e1", failed=True)
    assert found.parse(request(bounced.body)).updates[0].report.code == "no_such_address"
    for wrong in ("", "Basic", "Basic !", "Basic c25zOnNlY3JldA==", "Bearer x"):
        with pytest.raises(Unauthenticated):
            found.verify(request(right.body, {"Authorization": wrong}))
    soft = json.dumps({"eventType": "Bounce", "bounce": {"bounceType": "Transient"}})
    for nothing in ({"Type": "SubscriptionConfirmation"}, {"Message": soft}, {"Message": "x"}):
        assert found.parse(request(nothing)).updates == ()
