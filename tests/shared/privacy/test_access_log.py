"""Who read about a person is told of all of its records together, the latest first."""

from datetime import timedelta

import pytest

from shared import clock
from shared.principal import Principal, system
from shared.privacy.access_log import AccessLog
from shared.storage.store import Store
from tests.support.memory_dynamodb import MemoryDynamoDB
from tests.support.store_fixtures import TABLES


def test_readings_of_several_records_come_in_pages_the_latest_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, now = AccessLog(Store(MemoryDynamoDB(), TABLES)), clock.wall()
    for second, subject in enumerate((*["fam_1"] * 2, *["fam_2"] * 2, *["fam_1"] * 2)):
        monkeypatch.setattr(clock, "wall", lambda at=second: now + timedelta(seconds=at))
        log.note(subject, f"record_{second}", ["phone"], system("test"), "call")

    shown, before = list[list[str]](), ""
    while len(shown) < 3:
        page = log.page(["fam_1", "fam_2"], limit=2, before=before)
        shown.append([each.record for each in page.shown])
        before = page.next_key or ""
    assert shown == [["record_5", "record_4"], ["record_3", "record_2"], ["record_1", "record_0"]]
    assert not before


def test_a_reading_says_what_was_read_by_which_right_and_on_which_evidence() -> None:
    client = MemoryDynamoDB()
    log = AccessLog(Store(client, TABLES))
    for_family = Principal(
        id="usr_1", kind="person", role="regional_hq", on_behalf_of="fam_1", evidence="written"
    )
    log.note("fam_1", "CONTACT", ["phone", "name"], for_family, "call")
    log.note("fam_1", "LIST", [], system("test"), "export")

    both = log.page(["fam_1"], limit=9).shown
    for_her, by_itself = sorted(both, key=lambda each: each.record)
    assert (for_her.role, for_her.purpose) == ("regional_hq", "call")
    assert (for_her.fields, for_her.evidence) == (("name", "phone"), "written")
    assert (by_itself.fields, by_itself.evidence) == ((), None)
    rows = client.tables[TABLES.audit].values()
    assert [row["on_behalf_of"]["S"] for row in rows if "on_behalf_of" in row] == ["fam_1"]
