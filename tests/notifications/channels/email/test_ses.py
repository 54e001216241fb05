"""Mail by an API of SESv2: what its answers mean, and what SNS reports of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest

from infra.local_platform.fake_carriers import call_back
from services.notifications.channels.email import ses
from services.notifications.channels.port import DeliveryStatus, OnDoubt
from services.notifications.channels.wire import WireAnswer
from shared.errors import Unauthenticated
from tests.notifications.channels.conftest import FATES, fates, message, request
from tests.support.carriers import CarrierServer


def test_every_answer_of_ses_is_understood(
    provider: Callable[[str], Any], server: CarrierServer
) -> None:
    found = provider("ses")

    assert fates(server, found, "ses", "email", "anna@example.org") == FATES
    assert found.on_doubt is OnDoubt.LEAVE
    (sent,) = [m for m in server.provider.messages() if m["message_id"] == "msg_ses-none"]
    assert (sent["to"], sent["title"], sent["attempts"]) == ("anna@example.org", "Тема", 1)


def test_an_address_in_other_letters_is_sent_as_ses_takes_it(
    provider: Callable[[str], Any], server: CarrierServer
) -> None:
    found, punycode = provider("ses"), "anna@xn--80a1acny.xn--p1ai"

    for place, address in enumerate(("anna@почта.рф", "anna@ПОЧТА.рф", punycode)):
        report = found.send(message(f"idn{place}", "email", address))
        assert report.status is DeliveryStatus.TAKEN
    sent = [m["to"] for m in server.provider.messages() if m["message_id"].startswith("msg_idn")]
    assert sent == [punycode] * 3
    for place, address in enumerate(("анна@example.org", f"anna@{'я' * 64}.рф", "anna@a..рф")):
        report = found.send(message(f"no{place}", "email", address))
        assert (report.status, report.code) == (DeliveryStatus.REFUSED, "no_such_address")


def test_a_notice_is_believed_by_its_address_and_read(provider: Callable[[str], Any]) -> None:
    found, right = provider("ses"), call_back("ses", "msg_e1")
    changing = found.model_copy(update={"secret": "next-secret", "former_secret": "demo-secret"})

    found.verify(request(right.body, token="demo-secret"))
    for secret in ("demo-secret", "next-secret"):
        changing.verify(request(right.body, token=secret))
    (update,) = found.parse(request(right.body)).updates
    assert (update.message_id, update.report.status) == ("msg_e1", DeliveryStatus.DELIVERED)
    bounced = call_back("ses", "msg_e1", failed=True)
    assert found.parse(request(bounced.body)).updates[0].report.code == "no_such_address"
    for wrong in ("", "next-secret", "demo-secret ", "\ud800"):
        with pytest.raises(Unauthenticated):
            found.verify(request(right.body, token=wrong))
    complaint = right.body.replace("Delivery", "Complaint")
    assert found.parse(request(complaint)).updates[0].report.status is DeliveryStatus.DELIVERED
    on_list = {"complaint": {"complaintSubType": "OnAccountSuppressionList"}}
    unsent = json.loads(complaint)
    unsent["Message"] = json.dumps(json.loads(unsent["Message"]) | on_list)
    (update,) = found.parse(request(unsent)).updates
    assert (update.report.status, update.report.code) == (DeliveryStatus.REFUSED, "blocked_by_user")
    rescued = {"complaint": {"complaintFeedbackType": "not-spam"}}
    unsent["Message"] = json.dumps(json.loads(unsent["Message"]) | rescued)
    assert found.parse(request(unsent)).updates == (), "its reader has taken it out of the spam"
    for nothing in ({"Type": "SubscriptionConfirmation"}, {"Message": "x"}):
        assert found.parse(request(nothing)).updates == ()


@pytest.mark.parametrize(
    ("bounce", "code"),
    [
        ({"bounceType": "Permanent", "bounceSubType": "NoEmail"}, "no_such_address"),
        ({"bounceType": "Transient", "bounceSubType": "MailboxFull"}, "cannot_be_delivered"),
        ({"bounceType": "Transient", "bounceSubType": "ContentRejected"}, "text_forbidden"),
        # Who is away has got the mail.
        ({"bounceType": "Transient", "bounceSubType": "General"}, None),
        ({"bounceType": "Undetermined", "bounceSubType": ["x"]}, None),
        (["x"], None),
    ],
)
def test_a_bounce_says_whether_the_mail_was_given_back(
    provider: Callable[[str], Any], bounce: Any, code: str | None
) -> None:
    notice = json.loads(call_back("ses", "msg_e1", failed=True).body)
    notice["Message"] = json.dumps(json.loads(notice["Message"]) | {"bounce": bounce})
    updates = provider("ses").parse(request(notice)).updates
    assert [(one.report.status, one.report.code) for one in updates] == (
        [(DeliveryStatus.REFUSED, code)] if code else []
    )


def test_a_subscription_is_confirmed_at_sns_alone(
    provider: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, told = Mock(return_value=WireAnswer(200, {})), list[str]()
    monkeypatch.setattr(ses, "ask", ask)
    monkeypatch.setattr(ses, "count", told.append)
    found, right = provider("ses"), "https://sns.eu-central-1.amazonaws.com/?Action=Confirm&Token=1"

    for address in (
        right, "http://sns.eu-central-1.amazonaws.com/?a", "https://sns.evil.example/?a",
        "https://sns.x.amazonaws.com.evil.example/?a", "https://evil.example/#" + right, "", None,
        "https://sns.x.amazonaws.com@evil.example/?a", "https://sns.x.amazonaws.com:80/", "https://[",
    ):  # fmt: skip
        found.parse(request({"Type": "SubscriptionConfirmation", "SubscribeURL": address}))

    assert [each.args[0].url for each in ask.call_args_list] == [right]
    assert told == ["webhook_confirmed", *["webhook_unconfirmed"] * 9]


@pytest.mark.parametrize("named", ["events", ""])
def test_ses_is_told_where_its_events_go(
    provider: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    client = Mock()
    client.send_email.return_value = {"MessageId": "1"}
    monkeypatch.setattr(ses.Ses, "client", Mock(return_value=client))
    found = provider("ses").model_copy(update={"configuration_set": named})
    assert found.send(message("e1", "email", "anna@example.org")).provider_id == "1"
    said = client.send_email.call_args.kwargs
    assert said.get("ConfigurationSetName") == (named or None), "an empty name is refused"
    assert said["EmailTags"] == [{"Name": "message_id", "Value": "msg_e1"}]


def test_a_mail_is_its_title_and_text_and_how_to_decline_it_where_that_may_be(
    provider: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Mock()
    client.send_email.return_value = {"MessageId": "1"}
    monkeypatch.setattr(ses.Ses, "client", Mock(return_value=client))
    sent = message("e1", "email", "anna@example.org")
    for mail in (sent, replace(sent, declined_at="https://ryadom.test/p/1")):
        provider("ses").send(mail)
    plain, declinable = (
        each.kwargs["Content"]["Simple"] for each in client.send_email.call_args_list
    )
    assert plain == {
        "Subject": {"Data": "Тема", "Charset": "UTF-8"},
        "Body": {"Text": {"Data": "Здравствуйте!", "Charset": "UTF-8"}},
    }
    assert declinable == plain | {
        "Headers": [
            {"Name": "List-Unsubscribe", "Value": "<https://ryadom.test/p/1>"},
            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
        ]
    }


@pytest.mark.parametrize("named", [[], "msg_e1", None])
def test_an_event_of_a_mail_that_is_none_of_ours_is_passed_over(
    provider: Callable[[str], Any], named: object
) -> None:
    notice = json.loads(call_back("ses", "msg_e1").body)
    event = json.loads(notice["Message"]) | {"mail": {"tags": {"message_id": named}}}
    assert provider("ses").parse(request(notice | {"Message": json.dumps(event)})).updates == ()
