"""Candidates for one case among ten thousand guardians in a hundred districts: reads and time.

Everything but the database is real: the lists by district and kind, the guardians found by them,
the rules and the order. The database is the tests' own, so the time is that of our code.
"""

import time
from typing import Any
from unittest.mock import patch

from bench.harness import say
from services.matching.families.domain import Family
from services.matching.families.values import FamilyNeed
from services.matching.guardians.repository import Guardians
from services.matching.ranking.domain import Pairing
from services.matching.reach import queries
from services.matching.reach.domain import Entry, Ground, entries_of
from services.matching.reach.repository import Reaches, add_entry
from shared.storage import rows
from shared.storage.store import Store
from shared.storage.tables import Tables
from tests.matching.builders import START, checked, offers
from tests.support.memory_dynamodb import MemoryDynamoDB
from tests.support.reference import reference_data

GUARDIANS, SIDE, OTHERS = 10_000, 10, 100
CODES = tuple(f"Q{number:02d}" for number in range(SIDE * SIDE))
# 40 km between neighbours in a row: nine districts are within reach.
CENTRES = {
    code: (50 + 0.36 * (place // SIDE), 50 + 0.56 * (place % SIDE))
    for place, code in enumerate(CODES)
}
GROUND = Ground(CENTRES, dict.fromkeys(CENTRES, ()))
KINDS = ("household_help", "repair_work", "food_aid", "animal_care", "child_leisure")


class Partitions(MemoryDynamoDB):
    """The tests' database, which looks for a partition at once, as DynamoDB does, and counts."""

    def __init__(self) -> None:
        super().__init__()
        self.partitions: dict[str, dict[tuple[str, str], Any]] = {}
        self.queries, self.found, self.batches, self.got = 0, 0, 0, 0

    def put(self, item: dict[str, Any]) -> None:
        """Store a row."""
        key = rows.key_of(item)
        self.partitions.setdefault(key.pk, {})[key.pk, key.sk] = item

    def query(self, **request: Any) -> Any:
        """Answer from the partition that is asked for."""
        partition = request["ExpressionAttributeValues"][":p"]["S"]
        self.tables[request["TableName"]] = self.partitions.get(partition, {})
        answer = super().query(**request)
        self.queries += 1
        self.found += len(answer["Items"])
        return answer

    def batch_get_item(self, **request: Any) -> Any:
        """Answer from the partitions that are asked for."""
        for table, wanted in request["RequestItems"].items():
            keys = [key["pk"]["S"] for key in wanted["Keys"]]
            found = (self.partitions.get(key, {}) for key in keys)
            self.tables[table] = {key: row for part in found for key, row in part.items()}
        answer = super().batch_get_item(**request)
        self.batches += 1
        self.got += sum(map(len, answer["Responses"].values()))
        return answer


def say_reads() -> None:
    """Print what one list of candidates reads, for one and for three kinds of help."""
    database = Partitions()
    with reference_data():
        _fill(database)
    store = Store(database, Tables("data", "outbox", "audit", "keys"))
    for needed in (KINDS[:1], KINDS[:3]):
        database.queries = database.found = database.batches = database.got = 0
        family = Family(
            case_id="cas_1",
            family_id="fam_1",
            region="ZR",
            district="Q44",
            needs=tuple(
                FamilyNeed(need_id=f"ned_{place}", category=kind, status="open")
                for place, kind in enumerate(needed)
            ),
            required=True,
        )
        wall = time.perf_counter()
        with patch.object(queries, "ground_of", lambda region: GROUND):
            near = queries.InReach(family, Reaches(store))
        ids = [*near.helpful, *near.others(OTHERS)]
        found = list(Guardians(store).get_many(ids))
        ranking = Pairing(family, GROUND, START.date()).rank(found)
        wall = time.perf_counter() - wall
        say(
            f"candidates of a case with {len(needed)} needs among {GUARDIANS} guardians: "
            f"{database.queries} queries of {database.found} list rows, {database.batches} batches "
            f"of {database.got} guardians (of {GUARDIANS}), {len(ranking.candidates)} suit, "
            f"{wall:.2f} s"
        )


def _fill(database: Partitions) -> None:
    """Give each guardian two districts and two kinds of help."""
    for number in range(GUARDIANS):
        guardian = checked(
            f"gua_{number:07d}",
            district_ids=(CODES[number % 100], CODES[(number * 7 + 1) % 100]),
            capabilities=offers(KINDS[number % 5], KINDS[(number // 100 + 1) % 5]),
            capacity_families=3,
        )
        row = Guardians(None).row(guardian)  # type: ignore[arg-type]
        database.put(rows.row_item(row, "bench"))
        for entry in entries_of(guardian, GROUND):
            database.put(_entry(entry, guardian.guardian_id))


def _entry(entry: Entry, guardian_id: str) -> dict[str, Any]:
    write = add_entry(entry, guardian_id)
    return rows.item(write.key, write.attributes or {})
