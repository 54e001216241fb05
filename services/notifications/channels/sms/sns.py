"""SMS by SNS `Publish`, or a service with that API (Yandex Cloud Notification Service).

From the AWS reference of `Publish`: a phone in E.164, attributes `AWS.SNS.SMS.SenderID` and
`AWS.SNS.SMS.SMSType`. It knows no id of ours and drops no copy, so what is unknown is never sent
again; delivery is written to CloudWatch Logs only. That SNS reaches +7 is not verified.
"""

from dataclasses import replace
from typing import ClassVar, Literal

from services.notifications.channels.aws_provider import AwsProvider, deliver
from services.notifications.channels.port import DeliveryReport, OutgoingMessage
from services.notifications.channels.sms.segments import segments

REFUSED = {
    "InvalidParameter": "no_such_number",
    "InvalidParameterValue": "no_such_number",
    "OptedOut": "blocked_by_user",
    "OptedOutException": "blocked_by_user",
}


class Sns(AwsProvider):
    """SMS by an API of SNS; `kopecks` is the price of a part, as its contract says."""

    kind: Literal["sns"]
    carries: ClassVar[tuple[str, ...]] = ("sms",)
    longest: ClassVar[int] = 1600
    sender: str = ""
    kopecks: int | None = None

    def send(self, message: OutgoingMessage) -> DeliveryReport:
        """Publish an SMS to a phone."""
        named = {"AWS.SNS.SMS.SMSType": "Transactional", "AWS.SNS.SMS.SenderID": self.sender}
        attributes = {
            name: {"DataType": "String", "StringValue": value}
            for name, value in named.items()
            if value
        }
        client = self.client("sns", message)
        report = deliver(
            lambda: client.publish(
                PhoneNumber=message.to, Message=message.text, MessageAttributes=attributes
            ),
            REFUSED,
        )
        parts = segments(message.text)
        price = None if self.kopecks is None else self.kopecks * parts
        return replace(report, segments=parts, kopecks=price)
