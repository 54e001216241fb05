"""The staff's own list."""

from services.notifications.channels.port import DeliveryStatus, Sending
from services.notifications.channels.staff.work_list import WorkList
from tests.notifications.channels.conftest import message


def test_what_is_for_the_staff_is_in_its_list() -> None:
    own = WorkList()

    assert own.channels == ("inbox", "phone_task")
    assert own.send(message("w1", "inbox", "regional_hq@ZR")).status is DeliveryStatus.TAKEN
    assert own.status(Sending("msg_w1")).status is DeliveryStatus.TAKEN
