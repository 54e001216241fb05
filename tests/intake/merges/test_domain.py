"""What a merge takes over from the other record, and what an undone one gives back."""

from typing import Any

import pytest

from services.intake.codes.values import Programme
from services.intake.families.domain import Family
from services.intake.families.repository import forgotten_at
from services.intake.families.values import (
    FamilyCorrection,
    FamilyFacts,
    LikenessSign,
    Member,
    OpenCase,
)
from services.intake.merges import domain
from shared.errors import IllegalStep
from tests.intake.families.builders import START, family, stamp

LATER = stamp(600).at
CHILD = (Member(relation="child", born="2019-03"),)
GRANDMOTHER = Member(relation="grandmother")


def other(number: int = 2, **facts: object) -> Family:
    """Another record of the family."""
    return family(family_id=f"fam_{number}", contacts=(), **facts)


def test_who_has_said_its_name_once_is_anonymous_no_more() -> None:
    for one, two, both in ((True, False, False), (False, True, False), (True, True, True)):
        whole, _ = domain.merge(family(anonymous=one), other(anonymous=two), LATER)
        assert whole.anonymous is both


def test_who_said_its_name_in_no_record_of_its_own_is_anonymous_after_an_undone_merge() -> None:
    """Headquarters would look for a way to a family that wished to be reached by none."""
    nameless = family(anonymous=True, contacts=())
    whole, second = domain.merge(nameless, other(), LATER)
    whole, third = domain.merge(whole, other(3), LATER)

    for one, two in ((second, third), (third, second)):
        first_left, _ = domain.undo(whole, one, LATER, ())
        assert not first_left.anonymous  # the other one has a name
        left, _ = domain.undo(first_left, two, LATER, ())
        assert left.anonymous

    named = whole.add_contact(family().contacts[0])
    for each in (second, third):
        named, _ = domain.undo(named, each, LATER, ())
    assert not named.anonymous


@pytest.mark.parametrize("of_part", [True, False])
def test_an_undone_merge_of_records_without_a_case_keeps_no_words_longer(of_part: bool) -> None:
    one, two = (LATER, START) if of_part else (START, LATER)
    whole, part = domain.merge(family(idle_since=one), other(idle_since=two), LATER)

    left, back = domain.undo(whole, part, stamp(900).at, ())

    assert (left.idle_since, back.idle_since) == (LATER, LATER)


def test_two_that_are_one_family_are_compared_no_more_and_have_their_cases_in_one_order() -> None:
    def case(number: int, programme: Programme) -> dict[str, Any]:
        return {"open_cases": (OpenCase(case_id=f"cas_{number}", programme=programme),)}

    for one, two in ((1, 2), (2, 1)):
        first = family(**case(one, Programme.FAMILY_CARE))
        alike = first.look_like(["fam_2", "fam_3"], LikenessSign.SAME_CONTACT)
        second = other(**case(two, Programme.SERVICE_MEMBER_CARE))
        whole, _ = domain.merge(alike, second, LATER)
        assert [each.family_id for each in whole.alike] == ["fam_3"]
        assert [each.case_id for each in whole.open_cases] == ["cas_1", "cas_2"]


def test_the_words_are_kept_from_the_last_case_of_both_on() -> None:
    for one, two in ((START, LATER), (LATER, START)):
        whole, part = domain.merge(family(idle_since=one), other(idle_since=two), LATER)
        assert whole.idle_since == LATER
        assert part.idle_since == two


def test_a_family_that_has_an_open_case_in_either_record_is_not_idle() -> None:
    case = (OpenCase(case_id="cas_1", programme=Programme.FAMILY_CARE),)
    for one, two in (({"open_cases": case}, {}), ({}, {"open_cases": case})):
        idle: dict[str, Any] = {"idle_since": START}
        whole, _ = domain.merge(family(**idle | one), other(**idle | two), LATER)
        assert whole.idle_since is None


def test_what_the_family_has_said_itself_is_replaced_by_no_merge_and_stays_after_it() -> None:
    own: dict[str, Any] = {"members": (GRANDMOTHER,), "preferred_time": "evening"}
    also: dict[str, Any] = {"groups": ("large", "low_income"), "home_conditions": ("no_lift",)}
    theirs = other(members=CHILD, preferred_time="morning", **also)
    whole, part = domain.merge(family(groups=("large",), **own), theirs, LATER)
    assert {name: getattr(whole, name) for name in own | also} == own | also

    left, _ = domain.undo(whole, part, LATER, ())

    given_back = {"groups": ("large",), "home_conditions": ()}
    assert {name: getattr(left, name) for name in own | also} == own | given_back


@pytest.mark.parametrize(("meanwhile", "after"), [(None, None), ("evening", "evening")])
def test_a_time_that_the_other_record_alone_knew_goes_back_unless_it_was_corrected(
    meanwhile: str | None, after: str | None
) -> None:
    whole, part = domain.merge(family(), other(preferred_time="morning"), LATER)
    assert whole.preferred_time == "morning"

    left, _ = domain.undo(
        whole.correct(FamilyCorrection(preferred_time=meanwhile)), part, LATER, ()
    )

    assert left.preferred_time == after


def test_what_a_record_that_stays_merged_says_as_well_is_not_given_back() -> None:
    said: dict[str, Any] = {
        "members": CHILD,
        "groups": ("large",),
        "preferred_time": "morning",
        "home_conditions": ("no_lift",),
    }
    whole, second = domain.merge(family(), other(2, **said), LATER)
    whole, third = domain.merge(whole, other(3, **said), LATER)

    left, _ = domain.undo(whole, second, LATER, ())
    alone, _ = domain.undo(left, third, LATER, ())

    assert {name: getattr(left, name) for name in said} == said
    assert [each.family_id for each in left.joined] == ["fam_3"]
    assert not any(getattr(alone, name) for name in (*said, "joined"))
    assert alone.different_from == ("fam_2", "fam_3")


def test_what_one_record_gave_goes_back_with_it_whichever_leaves_before() -> None:
    said: dict[str, Any] = {"members": CHILD, "preferred_time": "morning"}
    whole, second = domain.merge(family(), other(2, **said), LATER)
    whole, third = domain.merge(whole, other(3), LATER)

    left, _ = domain.undo(whole, third, LATER, ())
    alone, _ = domain.undo(left, second, LATER, ())

    assert {name: getattr(left, name) for name in said} == said
    assert not any(getattr(alone, name) for name in said)


def test_what_both_records_have_said_stays_with_each() -> None:
    said: dict[str, Any] = {"members": CHILD, "preferred_time": "morning"}
    said |= {"groups": ("large",), "home_conditions": ("stairs",)}
    whole, part = domain.merge(family(**said), other(**said), LATER)
    whole, silent = domain.merge(whole, other(3), LATER)

    whole, _ = domain.undo(whole, silent, LATER, ())
    left, back = domain.undo(whole, part, LATER, ())

    for each in (left, back):
        assert {name: getattr(each, name) for name in said} == said


def test_what_was_corrected_meanwhile_is_said_by_no_record_again() -> None:
    wrong: dict[str, Any] = {"groups": ("large",), "home_conditions": ("no_lift",)}
    own = family(members=(GRANDMOTHER,), groups=(), preferred_time="evening")
    whole, second = domain.merge(own, other(2, **wrong), LATER)
    theirs = other(3, members=CHILD, preferred_time="morning", **wrong)
    whole, _ = domain.merge(whole, theirs, LATER)
    right = FamilyCorrection(groups=(), home_conditions=())

    left, _ = domain.undo(whole.correct(right), second, LATER, ())

    assert (left.groups, left.home_conditions) == ((), ())
    assert (left.members, left.preferred_time) == ((GRANDMOTHER,), "evening")
    nobody = whole.correct(FamilyCorrection(members=()))
    assert domain.undo(nobody, second, LATER, ())[0].members == ()


def test_members_that_the_other_record_alone_knew_go_back_with_it() -> None:
    whole, part = domain.merge(family(), other(members=CHILD), LATER)
    assert whole.members == CHILD

    left, back = domain.undo(whole, part, LATER, ())

    assert (left.members, back.members) == ((), CHILD)
    assert (left.different_from, back.different_from) == (("fam_2",), ("fam_1",))


def test_three_records_are_merged_into_one_and_a_fourth_is_refused() -> None:
    whole = family()
    for number in (2, 3, 4):
        whole, _ = domain.merge(whole, other(number), LATER)

    assert [each.family_id for each in whole.others] == ["fam_2", "fam_3", "fam_4"]
    assert ("merge" in family().next_steps, "merge" in whole.next_steps) == (True, False)
    with pytest.raises(IllegalStep, match="too_many_merged_records"):
        domain.merge(whole, other(5), LATER)


def test_what_a_record_said_that_is_sensitive_is_its_own_after_an_undone_merge() -> None:
    known = family(sensitive_refs=("req_1",))
    whole, part = domain.merge(known, other(sensitive_refs=("req_0",)), LATER)
    whole = whole.learn(FamilyFacts(kind="birth", sensitive_refs=("req_2",)))

    left, back = domain.undo(whole, part, LATER, (), ["req_2"])

    assert (left.sensitive_refs, back.sensitive_refs) == (("req_1",), ("req_0", "req_2"))


@pytest.mark.parametrize("erased", [0, 1])
def test_who_is_forgotten_is_merged_with_no_one(erased: int) -> None:
    one, two = (
        each.erase(LATER) if n == erased else each for n, each in enumerate((family(), other()))
    )

    with pytest.raises(IllegalStep, match="person_was_erased"):
        domain.merge(one, two, LATER)


def test_members_that_were_corrected_meanwhile_stay() -> None:
    whole, part = domain.merge(family(), other(members=CHILD), LATER)
    corrected = (*CHILD, GRANDMOTHER)

    left, _ = domain.undo(whole.correct(FamilyCorrection(members=corrected)), part, LATER, ())

    assert left.members == corrected


def test_a_guardian_that_failed_before_the_merge_is_left_out_for_its_own_record_alone() -> None:
    whole, part = domain.merge(family().exclude("gua_before"), other(), LATER)

    left, back = domain.undo(whole.exclude("gua_meanwhile"), part, LATER, ())

    assert left.excluded_guardians == ("gua_before", "gua_meanwhile")
    assert back.excluded_guardians == ("gua_meanwhile",)


def test_guardians_of_a_record_are_left_out_for_it_as_before_the_merge() -> None:
    own = other().exclude("gua_out").exclude("gua_in").readmit("gua_in").exclude("gua_again")
    whole, part = domain.merge(family(), own.readmit("gua_again"), LATER)

    _, back = domain.undo(whole.exclude("gua_again"), part, LATER, ())

    assert back.exclusions == ("gua_out", "gua_again")


@pytest.mark.parametrize("theirs", [True, False])
def test_the_record_that_has_no_case_after_an_undone_merge_is_idle(theirs: bool) -> None:
    case = OpenCase(case_id="cas_1", programme=Programme.FAMILY_CARE)
    whole, part = domain.merge(family(open_cases=(case,)), other(idle_since=START), LATER)
    assert (part.status, part.open_cases) == ("merged", ())

    left, back = domain.undo(whole, part, LATER, ["cas_1"] if theirs else ())

    assert (left.idle_since, back.idle_since) == ((LATER, None) if theirs else (None, LATER))


def test_the_words_of_a_merged_record_go_with_the_family_and_not_by_themselves() -> None:
    whole, part = domain.merge(family(idle_since=START), other(idle_since=START), LATER)

    assert forgotten_at(part) is None
    assert forgotten_at(whole) is not None


def test_what_two_records_have_said_stays_until_both_are_separated() -> None:
    said: dict[str, Any] = {"groups": ("large",), "home_conditions": ("stairs",)}
    for first in (2, 3):
        whole, two = domain.merge(family(groups=()), other(2, **said), LATER)
        whole, three = domain.merge(whole, other(3, **said), LATER)
        parts = {2: two, 3: three}

        left, _ = domain.undo(whole, parts.pop(first), LATER, ())
        assert (left.groups, left.home_conditions) == (("large",), ("stairs",))

        (last,) = parts.values()
        alone, _ = domain.undo(left, last, LATER, ())
        assert (alone.groups, alone.home_conditions) == ((), ())


def test_a_guardian_that_is_let_in_again_is_let_in_for_both_records() -> None:
    whole, part = domain.merge(family(), other().exclude("gua_1"), LATER)
    assert whole.exclusions == ("gua_1",)
    let_in = whole.readmit("gua_1")
    assert let_in.exclusions == ()

    left, back = domain.undo(let_in, part, LATER, ())

    assert (left.exclusions, back.exclusions) == ((), ())
    assert back.exclude("gua_1").exclusions == ("gua_1",)
    later, _ = domain.merge(other(4), back, LATER)
    assert later.exclusions == ()


def test_who_was_let_in_again_by_one_record_stays_out_for_the_other() -> None:
    """That a conflict with one of them is settled says nothing of the one with the other."""
    settled = family().exclude("gua_1").readmit("gua_1").exclude("gua_2").readmit("gua_2")

    whole, part = domain.merge(settled, other().exclude("gua_1"), LATER)

    assert whole.exclusions == ("gua_1",)
    assert domain.undo(whole, part, LATER, ())[1].exclusions == ("gua_1",)
    assert whole.readmit("gua_1").exclusions == ()
