"""Two records of one family, and what headquarters does with them."""

from typing import Any

from tests.intake.api_client import HQ, IntakeClient

SECOND = {"name": "анна", "channel": "sms", "phone": "+79160000002"}
THIRD = {"name": "Вера", "channel": "sms", "phone": "+79160000003"}
CARE = {"programme": "family_care"}
MERGE, UNDO = {"reason": "same_people"}, {"reason": "merged_by_mistake"}
EVIDENCE = {"evidence": "spoken_by_phone"}


def two(client: IntakeClient, **second: Any) -> tuple[Any, Any]:
    """A family that called twice, from two phones and for two programmes."""
    return client.asked(), client.asked(contact=SECOND, **(CARE | second))


def merge(client: IntakeClient, first: Any, second: Any, who: Any = HQ) -> Any:
    """Merge the record of the second request into that of the first one."""
    path = f"/families/{first['family_id']}/merge"
    answer = client.post(who, path, MERGE | {"family_id": second["family_id"]})
    client.world.settle()
    return answer


def undo(client: IntakeClient, first: Any, second: Any) -> Any:
    """Undo the merge."""
    path = f"/families/{first['family_id']}/merge/undo"
    answer = client.post(HQ, path, UNDO | {"family_id": second["family_id"]})
    client.world.settle()
    return answer


def view(client: IntakeClient, asked: Any) -> Any:
    """The family of a request."""
    return client.get(HQ, f"/families/{asked['family_id']}").json


def suggested(client: IntakeClient, asked: Any) -> dict[str, list[str]]:
    """The families that may be the same, with the signs."""
    items = client.get(HQ, f"/families/{asked['family_id']}/duplicates").json["items"]
    return {each["id"]: each["signs"] for each in items}
