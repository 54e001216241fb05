"""SMS Aero: what its answers mean, and its call-backs."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.local_platform.fake_carriers import call_back
from services.notifications import settings
from services.notifications.channels.port import DeliveryStatus, OnDoubt
from services.notifications.channels.sms import sms_aero
from services.notifications.channels.sms.sms_aero import CALL_BACK, CALL_BACK_FOR
from services.notifications.channels.wire import WireAnswer
from shared.errors import Invalid, Unauthenticated
from shared.identity import signed_links
from tests.notifications.channels.conftest import FATES, fates, message, request
from tests.support.carriers import CarrierServer


def test_every_answer_of_sms_aero_is_understood(
    provider: Callable[[str], Any], server: CarrierServer
) -> None:
    found = provider("sms_aero")

    assert fates(server, found, "sms_aero", "sms", "+79161234567") == FATES
    assert found.on_doubt is OnDoubt.LEAVE
    sent = found.send(message("a1"))
    assert (sent.segments, sent.kopecks) == (1, 420)
    assert sent.provider_id


def test_a_no_in_the_body_is_a_no_under_any_status() -> None:
    said = ({"success": False, "message": "Not enough money"}, {"result": "no credits"})
    for fields in said:
        report = sms_aero._sent(WireAnswer(200, fields), "Да")
        assert (report.status, report.code) == (DeliveryStatus.ABSENT, "not_taken")
    for unclear in ({}, {"success": None}, {"data": {"id": 1}}):
        assert sms_aero._sent(WireAnswer(200, unclear), "Да").status is DeliveryStatus.UNKNOWN


def test_call_backs_come_to_the_name_that_the_stage_gave_it(
    provider: Callable[[str], Any],
) -> None:
    named = provider("sms_aero").named("aero_two")

    assert "/webhooks/aero_two/" in sms_aero._call_back(named.name, "msg_a1")
    assert provider("sms_aero").name == "sms_aero"


def test_a_call_back_is_believed_by_the_address_that_we_signed(
    provider: Callable[[str], Any],
) -> None:
    found = provider("sms_aero")
    token = signed_links.issue(CALL_BACK, "msg_a1", "msg_a1", CALL_BACK_FOR)
    body = call_back("sms_aero", "msg_a1").body

    found.verify(request(body, token=token))
    (update,) = found.parse(request(body, token=token)).updates
    assert (update.message_id, update.report.status) == ("msg_a1", DeliveryStatus.DELIVERED)
    assert found.parse(request("status=3", token=token)).updates == ()
    assert found.parse(request("status=2&id=1", token=token)).updates[0].report.code
    for wrong in ("", "ryl_x", token[:-2]):
        with pytest.raises(Unauthenticated):
            found.verify(request(body, token=wrong))
    with pytest.raises(Invalid):
        found.parse(request("status=none", token=token))


def test_a_status_of_http_says_whose_fault_a_refusal_is() -> None:
    means = {400: "refused", 422: "refused"} | dict.fromkeys((401, 402, 403, 404), "absent")
    means |= dict.fromkeys((300, 399, 405, 409, 423, 500), "unknown")
    said = {status: sms_aero._sent(WireAnswer(status, {}), "Да").status.value for status in means}
    assert said == means


@pytest.mark.parametrize("ours", ["https://ryadom.test", ""])
def test_a_call_back_is_asked_for_where_we_have_an_address(
    provider: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, ours: str
) -> None:
    calls = list[Any]()
    monkeypatch.setattr(sms_aero, "deliver", lambda call, read: calls.append(call))
    monkeypatch.setattr(settings, "api_url", lambda: ours)
    provider("sms_aero").send(message("a1"))
    asked = calls[0].json.pop("callbackUrl", "")
    assert calls[0].json == {"number": "79161234567", "sign": "SMS Aero", "text": "Здравствуйте!"}
    assert asked.startswith(f"{ours}/notifications/v1/webhooks/sms_aero/") if ours else not asked
