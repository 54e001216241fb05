"""The calls that go on now, to fill an operator's screen."""

from datetime import timedelta

from services.intake.policy import POLICY
from services.intake.telephony.policy import PHONE_CALL
from services.intake.telephony.repository import LISTED, PhoneCalls
from services.intake.telephony.views import LiveCall
from shared import clock
from shared.api.models import RegionQuery
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.repository import Page

LONGEST = timedelta(hours=4)


def list_live_calls(
    query: RegionQuery, caller: Principal, phone_calls: PhoneCalls
) -> Page[LiveCall]:
    """List the calls that ring or are talked in your region, the latest first.

    One whose end was never heard of is taken for over after some hours.
    """
    partition = Partition.of_region(caller, query.region)
    page = phone_calls.page(
        "by_region",
        POLICY.require_list(caller, "list_live_calls", PHONE_CALL, partition),
        LiveCall.of_call,
        caller=caller,
        query=query,
        prefix=LISTED,
        newest_first=True,
    )
    since = clock.now() - LONGEST
    live = [call for call in page.items if call.began_at > since]
    return page if len(live) == len(page.items) else Page[LiveCall](items=live)
