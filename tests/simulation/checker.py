"""What must hold after the faults. Reads raw rows and the history; knows no product code."""

import json
from collections import Counter
from typing import Any

Item = dict[str, Any]
Tables = dict[str, dict[tuple[str, str], Item]]


class Violation(Exception):
    """A promise was broken."""


def check(tables: Tables, history: Any) -> None:
    """Raise Violation unless every acknowledged command had exactly its effects."""
    cases = _docs(tables, "ledger-data", "CASE")
    steps = [event for event in _distinct(history.published) if event["type"] == "ledger.StepTaken"]
    _commands(cases, history)
    _outbox(tables)
    _audit(tables)
    _published(cases, steps, history)
    _effects(tables, cases, steps)
    _deadlines(tables, cases, history)
    _leftovers(tables)


def _require(condition: bool, promise: str, *facts: object) -> None:
    if not condition:
        raise Violation(f"{promise}: {facts}")


def _rows(tables: Tables, table: str, prefix: str) -> list[Item]:
    return [row for (pk, _), row in tables.get(table, {}).items() if pk.startswith(f"{prefix}#")]


def _docs(tables: Tables, table: str, prefix: str) -> dict[str, Item]:
    return {
        row["pk"]["S"].partition("#")[2]: json.loads(row["doc"]["S"])
        | {"version": int(row["version"]["N"]), "due": "due_at" in row}
        for row in _rows(tables, table, prefix)
    }


def _distinct(published: list[Item]) -> list[Item]:
    return list({event["id"]: event for event in published}.values())


def _commands(cases: dict[str, Item], history: Any) -> None:
    applied = Counter(token for case in cases.values() for token in case.get("tokens", ()))
    for key in history.asked:
        _require(
            applied[key] == 1, "an acknowledged command has its effect once", key, applied[key]
        )
    _require(set(applied) <= set(history.asked), "nothing happens that nobody asked", applied)
    for key, answers in history.acknowledged.items():
        _require(len(set(answers)) == 1, "the same key gives the same answer", key, answers)


def _outbox(tables: Tables) -> None:
    pending = [row for row in _rows(tables, "ledger-outbox", "OUTBOX") if "pending" in row]
    _require(not pending, "every event is published in the end", len(pending))


def _audit(tables: Tables) -> None:
    for service in ("ledger", "mirror"):
        for row in tables.get(f"{service}-data", {}).values():
            if "version" not in row:
                continue
            name = row["pk"]["S"].partition("#")[2]
            entries = {
                int(entry["sk"]["S"].partition("#")[2])
                for entry in tables.get(f"{service}-audit", {}).values()
                if entry["pk"]["S"] == name and entry["type"]["S"] == row["type"]["S"]
            }
            expected = set(range(1, int(row["version"]["N"]) + 1))
            _require(entries == expected, "every version has its audit entry", name, entries)


def _published(cases: dict[str, Item], steps: list[Item], history: Any) -> None:
    told = sorted(event["data"]["token"] for event in steps)
    _require(told == sorted(history.asked), "each effect is told by one event", told)
    for name, case in cases.items():
        sequences = [
            int(event["sequence"])
            for event in _distinct(history.published)
            if event["subject"] == name
        ]
        _require(len(set(sequences)) == len(sequences), "sequences never repeat", name, sequences)
        _require(len(sequences) == case["version"], "each version tells one event", name)


def _effects(tables: Tables, cases: dict[str, Item], steps: list[Item]) -> None:
    sums = _docs(tables, "mirror-data", "SUM")
    added: Counter[str] = Counter(sums.get("steps", {}).get("tokens", ()))
    told = Counter(event["data"]["token"] for event in steps)
    _require(added == told, "an event has its effect once per reaction", added - told, told - added)
    seen = _docs(tables, "mirror-data", "SEEN")
    for name, case in cases.items():
        total = len(case.get("tokens", ()))
        mirrored = seen.get(name, {}).get("total")
        _require(mirrored == total, "a projection shows the latest", name, mirrored, total)


def _deadlines(tables: Tables, cases: dict[str, Item], history: Any) -> None:
    sums = _docs(tables, "mirror-data", "SUM")
    letters: Counter[str] = Counter(sums.get("letters", {}).get("tokens", ()))
    reminded = Counter(
        f"{name}:{total}" for name, case in cases.items() for total in case.get("reminded", ())
    )
    _require(all(n == 1 for n in reminded.values()), "a deadline strikes once", reminded)
    _require(letters == reminded, "each reminder sends one letter", letters, reminded)
    for name, case in cases.items():
        _require(not case["due"], "no deadline is left behind", name)
        total = len(case.get("tokens", ()))
        struck = not total or total in case.get("reminded", ())
        _require(struck, "the last deadline has struck", name, case)


def _leftovers(tables: Tables) -> None:
    parked = _rows(tables, "mirror-data", "PARKED")
    _require(not parked, "nothing stays parked", len(parked))
    quarantined = _rows(tables, "mirror-data", "QUARANTINE")
    _require(not quarantined, "nothing valid is set aside", len(quarantined))
