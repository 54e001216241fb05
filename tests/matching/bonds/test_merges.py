"""Merges and separations in any order of arrival leave each fact with its family."""

from datetime import timedelta
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from services.matching.bonds.domain import BoundMatch, Exclusion, FamilyBond, moved
from services.matching.bonds.values import PairFacts, Refusal
from shared import ids
from shared.events.intake import FamiliesMerged, FamilyErased, FamilyMergeUndone
from tests.matching import builders
from tests.matching.api_client import HQ, MatchingClient, family_of, rep
from tests.matching.builders import START
from tests.matching.media.test_api import uploaded

IN_REGION = {"region": "ZR"}
RECORDS = ("fam_a", "fam_b", "fam_c", "fam_d")


class Change(NamedTuple):
    """What headquarters did with two records, and when."""

    whole: str
    part: str
    merged: bool
    at: int


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    """What headquarters may do: merge two that stand alone, or separate one that does not."""
    parts: dict[str, str] = {}
    history = list[Change]()
    for at in range(draw(st.integers(1, 8))):
        part = draw(st.sampled_from(RECORDS))
        if part in parts:
            history.append(Change(parts.pop(part), part, merged=False, at=at))
        elif part not in parts.values():
            left = [each for each in RECORDS if each != part and each not in parts]
            if left:
                parts[part] = draw(st.sampled_from(left))
                history.append(Change(parts[part], part, merged=True, at=at))
    return history


class Kept:
    """The bonds as a service keeps them."""

    def __init__(self) -> None:
        self.rows = {each: FamilyBond(family_id=each, region="ZR") for each in RECORDS}

    def of_family(self, record: str) -> FamilyBond:
        return self.rows[self.rows[record].part_of or record]

    def hear(self, change: Change) -> None:
        at, part = START + timedelta(hours=change.at), self.rows[change.part]
        if not part.knows_later(at):
            whole = change.whole if change.merged else None
            self.rows |= moved(self.rows, change.part, whole, at)

    def happens(self, record: str, number: int) -> None:
        """A guardian failed for one record, was let in again, and said no.

        Another one is proposed to it, when it may be.
        """
        bond = self.of_family(record)
        failed = Exclusion(guardian_id=f"gua_{number}", family_id=record)
        said_no = Refusal(
            guardian_id=f"gua_{number}", family_id=record, by="guardian", reason="other",
            at=START, facts=PairFacts(digest="", room=()),
        )  # fmt: skip
        facts = {"exclusions": failed, "lifted": failed, "refusals": said_no}
        changes = {name: (*getattr(bond, name), each) for name, each in facts.items()}
        bond = bond.model_copy(update=changes)
        if not bond.matches:
            case = builders.family(record.replace("fam_", "cas_"), "D01", "food_aid")
            bond = bond.bind(f"mat_{number}", case.family_id)
        self.rows[bond.family_id] = bond


@given(
    histories().flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))), st.data()
)
def test_every_order_of_arrival_ends_in_the_same_families(
    found: tuple[list[Change], list[Change]], data: st.DataObject
) -> None:
    history, arrivals = found
    kept, facts = Kept(), list[tuple[str, int]]()
    for number, change in enumerate(arrivals):
        if data.draw(st.booleans()):
            facts.append((data.draw(st.sampled_from(RECORDS)), number))
            kept.happens(*facts[-1])
        kept.hear(change)
        kept.hear(change)

    whole = {change.part: change.whole for change in history if change.merged}
    last = {change.part: change for change in history}
    whole = {part: last[part].whole if last[part].merged else part for part in last}
    for record in RECORDS:
        together = {each for each in RECORDS if whole.get(each, each) == whole.get(record, record)}
        bond = kept.of_family(record)
        assert bond.family_id == whole.get(record, record)
        assert {bond.family_id, *bond.parts} == together
        kept_of_it = [
            sorted(each.guardian_id for each in entries)
            for entries in (bond.exclusions, bond.lifted, bond.refusals)
        ]
        assert kept_of_it == [sorted(f"gua_{n}" for of, n in facts if of in together)] * 3
        assert {each.family_id for each in bond.matches} <= together
    bound = [each for bond in kept.rows.values() for each in bond.matches]
    assert len({each.match_id for each in bound}) == len(bound)
    for each in bound:
        released = kept.of_family(each.family_id).release(each.match_id, each.family_id)
        assert BoundMatch(match_id=each.match_id, family_id=each.family_id) not in released.matches


def test_who_speaks_for_one_record_of_a_family_speaks_for_them_all(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.agreed(client.introduced(client.proposed(case, guardian)))
    given = {"need_id": "ned_1", "given_at": client.moment()}
    client.do(rep(guardian), f"/matches/{match}/visits", given)
    client.do(rep(guardian), f"/matches/{match}/stories", {"text": "Рады помогать"})
    photo = uploaded(client, match, guardian)
    whole = ids.new("cas")
    family = client.as_family(whole)
    merged = {"family_id": family_of(whole), "merged_family_id": family_of(case)}

    def seen() -> list[int]:
        asked = [family.get(path, query=IN_REGION) for path in ("/matches", "/stories")]
        looked = (f"/matches/{match}", f"/media/{photo}")
        return [
            *(family.get(path).status for path in looked),
            *(len(each.json["items"]) for each in asked),
        ]

    assert seen() == [404, 404, 0, 0]
    client.hear(
        FamiliesMerged(region="ZR", merge_id=ids.new("mrg"), reason="same_person", **merged)
    )
    assert seen() == [200, 200, 1, 1]
    (listed,) = family.get("/matches", query=IN_REGION).json["items"]
    assert "raise_concern" in listed["next_steps"]
    assert listed["next_steps"] == family.get(f"/matches/{match}").json["next_steps"]
    story = family.get("/stories", query=IN_REGION).json["items"][0]["story_id"]
    assert family.get(f"/stories/{story}").json["text"] == "Рады помогать"
    assert family.post(f"/stories/{story}/consent", {}, key="yes").status == 200
    concern = {"concern": "other"}
    assert family.post(f"/matches/{match}/concerns", concern, key="no").status == 200
    client.world.advance(client.now() + timedelta(hours=1))

    client.hear(FamilyMergeUndone(region="ZR", merge_id=ids.new("mrg"), reason="mistake", **merged))
    assert seen() == [404, 404, 0, 0]


def test_a_paper_of_one_record_speaks_for_the_whole_family_while_they_are_one(
    client: MatchingClient,
) -> None:
    guardian, cases = client.ready(), [client.waiting() for _ in range(2)]
    matches = [client.active(case, guardian) for case in cases]
    first, second, *_ = stories = [
        client.do(rep(guardian), f"/matches/{match}/stories", {"text": "Рады помогать"})["id"]
        for match in (*matches, *matches)
    ]

    def said(story: str) -> int:
        return client.post(HQ, f"/stories/{story}/consent", {"consent_ref": "C-1"}).status

    assert (said(first), said(second)) == (200, 422)
    part, whole = map(family_of, cases)
    merged = {"family_id": whole, "merged_family_id": part, "region": "ZR"}
    client.hear(FamiliesMerged(merge_id=ids.new("mrg"), reason="same_person", **merged))
    assert said(second) == 200
    client.world.advance(client.now() + timedelta(hours=1))

    client.hear(FamilyMergeUndone(merge_id=ids.new("mrg"), reason="mistake", **merged))
    assert [said(story) for story in stories[2:]] == [200, 422]
    client.world.advance(client.now() + timedelta(hours=1))

    client.hear(FamiliesMerged(merge_id=ids.new("mrg"), reason="same_person", **merged))
    client.hear(FamilyErased(region="ZR", family_id=part))
    shown = [client.get(HQ, f"/matches/{match}")["next_steps"] for match in matches]
    assert ["raise_concern" in steps for steps in shown] == [False, True], "each for itself"


def test_a_sign_out_of_before_that_is_heard_of_late_is_known_already() -> None:
    out = FamilyBond(family_id="fam_a", region="ZR").sign_out(START)

    for hours in (0, -1):
        assert out.sign_out(START + timedelta(hours=hours)) is out
    assert out.sign_out(START + timedelta(hours=1)).signed_out_at == START + timedelta(hours=1)
