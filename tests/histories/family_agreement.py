"""What must be true of the families of a region, counted again from all that is kept."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from services.intake.cases.domain import Case
from services.intake.cases.repository import Cases
from services.intake.families.domain import Family
from services.intake.requests.domain import Request
from services.intake.requests.repository import Requests
from shared.principal import Principal
from tests.histories.families import BORN, PHONES, WORDS, Hotline
from tests.intake.api_client import HQ, OFFICE_D05, staff

OFFICE_D01 = staff("DO-1", "district_office", districts=("D01",))
PERSONAL = (*PHONES, WORDS, "Мари", "МАРИЯ", "Семенова", "Зульфия")
ZONE = timezone(timedelta(hours=4))
# Entries of a timeline by the step of a case that makes each.
ENTRIES = {"aid_recorded": "aid", "closed": "case_closed", "reopened": "case_reopened"}
FORGOTTEN = ("erased", "consent_withdrawn")


@dataclass
class Kept:
    """Everything of a history: each record, the family that speaks for it, cases and requests."""

    hotline: Hotline
    records: dict[str, Family]
    speaks: dict[str, Family]
    cases: dict[str, Case]
    requests: dict[str, Request]

    def are_one(self, *records: str | None) -> bool:
        """Return whether some records are of one family, which may be forgotten."""
        return len({self.speaks[each].family_id for each in records if each}) == 1

    @property
    def families(self) -> list[Family]:
        """Return those who are not forgotten, each once."""
        found = (each for name, each in self.speaks.items() if each.family_id == name)
        return [each for each in found if not each.erased]

    def told(self, kind: str) -> list[Any]:
        """Return what the events of a kind say, in the order in which it happened."""
        events = (
            each for each in self.hotline.client.world.events() if each["type"].endswith(kind)
        )
        return [e["data"] for e in sorted(events, key=lambda e: (e["time"], e["sequence"]))]

    def rows(self, prefix: str) -> dict[tuple[str, str], Any]:
        """Return the rows whose partition begins so."""
        rows = self.hotline.client.world.dynamodb.rows("intake-data")
        return {key: row for key, row in rows.items() if key[0].startswith(f"{prefix}#")}


def miscounts(hotline: Hotline) -> list[str]:
    """Return in what the figures contradict what was published up to now."""
    return [*_figures(Kept(hotline, {}, {}, {}, {}))]


def faults(hotline: Hotline) -> list[str]:
    """Return in what the rows, lists and figures of families contradict each other."""
    world = hotline.client.world
    store = world.stores["intake"]
    with world.service("intake"):
        ids = hotline.ids("FAMILY")
        speaks = {each: hotline.family(each) for each in ids}
        parts = [part for whole in speaks.values() for part in whole.records]
        records = {each.family_id: each for each in parts}
        cases = {each: Cases(store).get(each) for each in hotline.ids("CASE")}
        requests = {each: Requests(store).get(each) for each in hotline.ids("REQUEST")}
    kept = Kept(hotline, records, speaks, cases, requests)
    checks: tuple[Callable[[Kept], Iterator[str]], ...] = (
        _open_cases, _contacts, _requests, _words, _lists, _timelines, _figures, _set_aside,
        _exports, _openly, _aids, _caseloads, _notes,
    )  # fmt: skip
    return [*hotline.faults, *(fault for check in checks for fault in check(kept))]


def _open_cases(kept: Kept) -> Iterator[str]:
    for family in kept.families:
        theirs = [each for each in kept.cases.values() if each.family_id in family.record_ids]
        opened = {each.case_id: each.taken_by for each in theirs if each.open}
        known = {each.case_id: each.taken_by for each in family.open_cases}
        if opened != known:
            yield f"{family.family_id} knows {known} of its open cases {opened}"
        programmes = Counter(each.programme for each in theirs if each.open)
        if any(number > 1 for number in programmes.values()):
            yield f"{family.family_id} has two open cases: {programmes}"
        for alike in family.alike:
            other = kept.speaks[alike.family_id]
            if other.erased or alike.family_id in family.record_ids:
                yield f"{family.family_id} is to be compared with {alike.family_id}"
    for case in kept.cases.values():
        steps = [step.what for step in case.history]
        if not case.open and "asked_again" in steps[len(steps) - steps[::-1].index("closed") :]:
            yield f"{case.case_id} was over when its family asked again in it"
        if case.open and kept.speaks[case.family_id].erased:
            yield f"{case.case_id} is {case.status}, and its family is forgotten"


def _contacts(kept: Kept) -> Iterator[str]:
    """Compare the index of contacts with the contacts that families have."""
    have: defaultdict[str, set[str]] = defaultdict(set)
    for record in kept.records.values():
        if len({each.index for each in record.contacts}) < len(record.contacts):
            yield f"{record.family_id} has a contact twice"
        for contact in record.contacts:
            have[contact.index].add(f"{record.region}/{record.family_id}")
    rows = kept.rows("CONTACT")
    held = {pk.partition("#")[2]: {*row["held_by"]["S"].split()} for (pk, _), row in rows.items()}
    for index in have.keys() | held.keys():
        if have[index] != held.get(index, set()):
            yield f"{index} is held by {held.get(index)} and had by {have[index]}"


def _requests(kept: Kept) -> Iterator[str]:
    for request in kept.requests.values():
        case = kept.cases.get(request.case_id or "")
        joined = case is not None and request.request_id in case.requests
        if (request.status == "joined") is not joined or request.joins or request.words_left:
            yield f"{request.request_id} is {request.status}, in its case: {joined}"
        if case is not None and joined and not kept.are_one(case.family_id, request.family_id):
            yield f"{request.request_id} is in the case of another family"
        waits = request.status == "received" and request.family_id is not None
        family = kept.speaks[request.family_id or ""] if waits else None
        if family is not None and (family.erased or request.wants_case):
            yield f"{request.request_id} waits, and nobody goes on with it"


def _words(kept: Kept) -> Iterator[str]:
    """Compare what is sealed of living families with what leads to it."""
    sealed = {(pk.partition("#")[2], sk): row for (pk, sk), row in kept.rows("VAULT").items()}
    led = {(each.subject, one) for each in kept.requests.values() for one in each.word_records}
    for record in kept.records.values():
        led |= {(record.family_id, each.contact_id) for each in record.contacts}
    needs = [need for case in kept.cases.values() for need in case.needs]
    named = {one for _, one in led}
    asked = [need.text_ref for each in kept.requests.values() for need in each.needs]
    refs = {*asked, *(ref for need in needs for ref in need.text_refs)}
    named |= {ref.partition("#")[0] for ref in refs if ref}
    named |= {pk.partition("#")[2] for pk, _ in kept.rows("HAND_OVER")}
    living = {each for each, family in kept.speaks.items() if not family.erased}
    for (subject, name), row in sealed.items():
        about_needs = {each.removeprefix("f_") for each in row if each.startswith("f_ned_")}
        left = {each for each in about_needs if f"{name}#{each}" not in refs}
        if subject in living and (name not in named or left) and "expires_at" not in row:
            yield f"{name} of {subject} is kept, and nothing leads to it or to its {left}"
    for subject, name in led:
        if subject in living and (subject, name) not in sealed:
            yield f"{name} of {subject} is lost"


def _lists(kept: Kept) -> Iterator[str]:
    """Compare lists, by pages of 50 and of 3, with what is to be in them."""
    cases, moment = kept.cases.values(), kept.hotline.now
    wanted: list[tuple[Principal, str, dict[str, str], set[str]]] = [
        (HQ, "/cases", {}, {each.case_id for each in cases if each.open}),
        (HQ, "/alike-families", {}, {each.family_id for each in kept.families if each.alike}),
        *(
            (
                HQ,
                "/requests",
                {"status": status},
                {each.request_id for each in kept.requests.values() if each.status == status},
            )
            for status in ("received", "joined", "ended")
        ),
        *(
            (HQ, "/cases", {"status": status}, {e.case_id for e in cases if e.status == status})
            for status in ("in_review", "closed")
        ),
        *(
            (
                office,
                "/shared-families",
                {},
                {
                    each.family_id
                    for each in kept.families
                    if district in each.disclosed_to(moment)
                    or (district in each.offices and each.open_cases)
                },
            )
            for office, district in ((OFFICE_D01, "D01"), (OFFICE_D05, "D05"))
        ),
    ]
    for who, path, query, whole in wanted:
        for size in (50, 3):
            found = _paged(kept, who, path, query | {"limit": str(size)})
            if len(found) != len({*found}) or {*found} != whole:
                yield f"{path} {query} of {who.id} by {size}: {Counter(found)} and not {whole}"


def _paged(kept: Kept, who: Principal, path: str, query: dict[str, str]) -> list[str]:
    page = kept.hotline.client.get(who, path, **query).json
    found = page["items"]
    while page["next_cursor"]:
        page = kept.hotline.client.get(who, path, **query, cursor=page["next_cursor"]).json
        found += page["items"]
    return [each["id"] for each in found]


def _timelines(kept: Kept) -> Iterator[str]:
    """Compare what timelines say with requests and the histories of cases: each thing once."""
    rows = (json.loads(row["doc"]["S"]) for row in kept.rows("TIMELINE").values())
    found = Counter((each["family_id"], each["kind"], each["ref"]) for each in rows)
    steps = [(case, step) for case in kept.cases.values() for step in case.history]
    wanted = Counter(
        (case.family_id, ENTRIES[step.what], step.ref or case.case_id)
        for case, step in steps
        if step.what in ENTRIES and step.reason not in FORGOTTEN
    )
    wanted |= Counter(
        (each.family_id, "request", each.request_id)
        for each in kept.requests.values()
        if each.family_id is not None
    )
    for entry, times in wanted.items():
        if found[entry] != times:
            yield f"{entry} is in the timeline {found[entry]} times and not {times}"


def _figures(kept: Kept) -> Iterator[str]:
    """Count the requests of the year and the families that asked again, from events."""
    asked: defaultdict[tuple[str, str], list[str | None]] = defaultdict(list)
    # Two records that are found to be of one family are one in the year of that, and in any later
    # one in which both ask; undone, each is counted with what it has asked itself.
    merged: defaultdict[str, dict[str, str]] = defaultdict(dict)
    whole: dict[str, str] = {}
    # What was written down for the wrong family comes anew for its own.
    ended = [each for each in kept.told("RequestEnded") if each["reason"] == "other_family"]
    disowned, gone = {each["request_id"] for each in ended}, Counter[tuple[str, str]]()
    events = kept.hotline.client.world.events()
    for event in sorted(events, key=lambda each: (each["time"], each["sequence"])):
        said, kind = event["data"], event["type"]
        year = f"{datetime.fromisoformat(event['time']).astimezone(ZONE).year}"
        if kind == "intake.FamiliesMerged":
            whole[said["merged_family_id"]] = said["family_id"]
            merged[year][said["merged_family_id"]] = said["family_id"]
        elif kind == "intake.FamilyMergeUndone":
            whole.pop(said["merged_family_id"])
            merged[year].pop(said["merged_family_id"], None)
        elif kind == "intake.RequestReceived":
            asked[said["programme"], year].append(said["family_id"])
            gone[said["programme"], year] += said["request_id"] in disowned
            if (speaks := whole.get(said["family_id"])) is not None:
                merged[year][said["family_id"]] = speaks
    for (_, sk), row in kept.rows("YEAR_COUNTS").items():
        counts = json.loads(row["doc"]["S"])
        year = str(counts["year"])
        these = asked[counts["programme"], year]
        number = len(these) - gone[counts["programme"], year]
        families = len({merged[year].get(each, each) for each in these if each is not None})
        if (counts["requests"], counts["families"]) != (number, families):
            yield f"{sk} {counts} and not {number} of {families} families"


def _set_aside(kept: Kept) -> Iterator[str]:
    """Name what waits for an event, or could not be read, or is due and is not done."""
    now = kept.hotline.now.strftime("%Y-%m-%dT%H:%M:%S")
    for key, row in kept.hotline.client.world.dynamodb.rows("intake-data").items():
        due = row.get("due_at", {"S": "later"})["S"] < now
        if key[0].startswith(("PARKED#", "QUARANTINE#")) or due:
            yield f"{key} {row.get('due_at')}"


def _exports(kept: Kept) -> Iterator[str]:
    """Compare what a family is given of itself with all that is kept of each of its records."""
    notes = [json.loads(row["doc"]["S"]) for row in kept.rows("HAND_OVER").values()]
    for name, family in kept.speaks.items():
        export = kept.hotline.client.get(HQ, f"/families/{name}/export").json
        known = {name} if family.erased else {*family.record_ids}
        wanted: dict[str, set[str]] = {
            "cases": {each.case_id for each in kept.cases.values() if each.family_id in known},
            "requests": {e.request_id for e in kept.requests.values() if e.family_id in known},
            "merged": known - {family.family_id},
        }
        found = {part: {each["id"] for each in export[part]} for part in wanted}
        if not family.erased and found != wanted:
            yield f"{name} is given {found} and not {wanted}"
        left = sum(each["subject"] in known for each in notes)
        if len(export["notes"]) != (0 if family.erased else left):
            yield f"{name} is given {export['notes']} and not {left} notes"
        if family.erased and any(part in f"{export}" for part in (*PERSONAL, *BORN)):
            yield f"{name} is forgotten and given {export}"


def _openly(kept: Kept) -> Iterator[str]:
    """Name the rows and events that hold what only the vault may, where it is sealed."""
    world = kept.hotline.client.world
    rows = (f"{row}" for table in world.dynamodb.tables.values() for row in table.values())
    for text in (*rows, *map(str, world.events())):
        if any(part in text for part in PERSONAL):
            yield text


def _aids(kept: Kept) -> Iterator[str]:
    """Compare the figures of each year with the aids that cases have."""
    wanted = Counter(
        (case.programme, aid.at.astimezone(ZONE).year, aid.legal_basis)
        for case in kept.cases.values()
        for aid in case.aids
    )
    counts = (json.loads(row["doc"]["S"]) for row in kept.rows("YEAR_COUNTS").values())
    found = Counter(
        {
            (each["programme"], each["year"], basis): number
            for each in counts
            for basis, number in each.get("aids_by_basis", {}).items()
        }
    )
    if wanted != found:
        yield f"aids {wanted} are counted as {found}"


def _caseloads(kept: Kept) -> Iterator[str]:
    """Compare whose a case is with what was told and listed; each hand-over is at its end."""
    told = {each["case_id"]: each["taken_by"] for each in kept.told("CaseTaken")}
    for case in kept.cases.values():
        if case.taken_by not in (None, told.get(case.case_id)):
            yield f"{case.case_id}: {told.get(case.case_id)} was told of, {case.taken_by} has it"
    for row in kept.rows("CASELOAD_TRANSFER").values():
        doc = json.loads(row["doc"]["S"])
        if doc.get("ended_at") is None or any(each["result"] == "waiting" for each in doc["cases"]):
            yield f"{doc} goes on"
    for person in {case.taken_by for case in kept.cases.values()} - {None}:
        whole = {e.case_id for e in kept.cases.values() if e.taken_by == person and e.open}
        if (found := {*_paged(kept, HQ, "/cases", {"taken_by": f"{person}"})}) != whole:
            yield f"{person} has {whole} and is listed {found}"


def _notes(kept: Kept) -> Iterator[str]:
    """Compare notes with their lists and with what headquarters was told of them."""
    notes = [json.loads(row["doc"]["S"]) for row in kept.rows("HAND_OVER").values()]
    for status in ("open", "taken", "done"):
        whole = sorted(each["hand_over_id"] for each in notes if each["status"] == status)
        found = sorted(_paged(kept, HQ, "/hand-overs", {"status": status, "limit": "3"}))
        if found != whole:
            yield f"notes {status} {whole} are listed {found}"
    late = Counter(each["hand_over_id"] for each in kept.told("HandOverOverdue"))
    late -= Counter(each["hand_over_id"] for each in kept.told("HandOverDone"))
    for each in notes:
        family = kept.speaks.get(each["subject"])
        forgotten = family is not None and family.erased
        if each["status"] == "done" and late[each["hand_over_id"]]:
            yield f"{each} is done and asked of headquarters"
        if each["status"] != "done" and forgotten:
            yield f"{each} is about a family that is forgotten"
