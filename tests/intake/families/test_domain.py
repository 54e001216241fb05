"""What a family is, says, allows and takes back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.intake.codes.values import ConsentPurpose, PersonRequestKind, Programme, SizeBand
from services.intake.families.domain import MOST_SENSITIVE, Family
from services.intake.families.repository import Holders
from services.intake.families.values import (
    MAX_CARD_HOLDERS,
    MAX_CONSENTS,
    MAX_CONTACTS,
    MAX_MEMBERS,
    Disclosure,
    FamilyCorrection,
    FamilyFacts,
    FamilyStatus,
    LikenessSign,
    Member,
    OpenCase,
    PersonRequest,
)
from services.intake.families.vault_records import forget_words
from shared.errors import IllegalStep, Invalid
from tests.intake.families import builders
from tests.intake.families.builders import START, consent, contact, family

LATER = builders.stamp(500).at
CARE, OTHER = Programme.SERVICE_MEMBER_CARE, Programme.FAMILY_CARE


def test_a_consent_is_given_and_taken_back_once() -> None:
    known = family()

    assert known.give_consent(consent(ConsentPurpose.CONTACT)) is known
    without = known.withdraw_consent(ConsentPurpose.CONTACT, None, LATER)
    assert without.withdraw_consent(ConsentPurpose.CONTACT, None, LATER) is without
    again = without.give_consent(consent(ConsentPurpose.CONTACT))
    assert again.allows(ConsentPurpose.CONTACT)
    assert len(again.consents) == len(known.consents) + 1


def test_a_robot_that_gives_and_takes_back_without_end_leaves_a_row_that_can_be_erased() -> None:
    known = family(consents=())
    for _ in range(MAX_CONSENTS):
        known = known.give_consent(consent(ConsentPurpose.CONTACT))
        known = known.withdraw_consent(ConsentPurpose.CONTACT, None, LATER)

    with pytest.raises(IllegalStep, match="too_many_consents"):
        known.give_consent(consent(ConsentPurpose.CONTACT))
    assert len(known.model_dump_json()) < 150_000


def test_a_consent_to_one_office_is_taken_back_for_that_office_alone() -> None:
    both = family(consents=tuple(builders.consent_to_office(each) for each in ("D05", "D06")))

    left = both.withdraw_consent(ConsentPurpose.SHARE_WITH_OFFICE, "D05", LATER)

    assert left.offices == ("D06",)


def test_what_calls_say_that_is_sensitive_is_never_more_than_a_correction_can_remove() -> None:
    known = family()
    for call in range(MOST_SENSITIVE):
        known = known.learn(FamilyFacts(kind="birth", sensitive_refs=(f"req_{call}",)))

    assert len(known.sensitive_refs) == MOST_SENSITIVE
    with pytest.raises(Invalid, match="sensitive_groups_full"):
        known.learn(FamilyFacts(kind="birth", sensitive_refs=("req_9",)))


def test_words_that_are_replaced_in_more_places_than_one_commit_forgets_are_refused() -> None:
    """Else some would stay sealed and be read by no one."""
    vault: Any = None  # it is not asked
    with pytest.raises(Invalid, match="too_many_words_at_once"):
        forget_words("fam_1", {"req_1#text", "wrd_1#text"}, vault, most=1)


@pytest.mark.requirement("X-13")
def test_an_erased_family_leaves_codes_and_counts_and_never_returns() -> None:
    known = family(
        members=(Member(relation="child", born="2019-03"), Member(relation="child", expected=True)),
        contacts=(contact(),),
        groups=("large",),
        sensitive_refs=("req_1",),
        card_holders=("A-1",),
    )

    erased = known.erase(LATER)

    assert erased.erased
    assert erased.members == (Member(relation="child"), Member(relation="child"))
    assert (erased.contacts, erased.sensitive_refs, erased.card_holders) == ((), (), ())
    assert family(others=(family(family_id="fam_2"),)).erase(LATER).record_ids == ("fam_1",)
    assert not any(given.holds for given in erased.consents)
    assert (erased.groups, erased.beneficiary_key) == (("large",), "key")
    steps: tuple[Callable[[], object], ...] = (
        lambda: erased.give_consent(consent(ConsentPurpose.PROCESSING)),
        lambda: erased.replace_contact(contact(2), None),
        lambda: erased.join_card_holder("A-2"),
        lambda: erased.erase(LATER),
    )
    for step in steps:
        with pytest.raises(IllegalStep, match="person_was_erased"):
            step()


def test_a_programme_has_one_open_case_of_a_family() -> None:
    known = opened(family(), "cas_1")

    assert known.open_case_of(CARE) == "cas_1"
    assert opened(known, "cas_1") is known
    with pytest.raises(IllegalStep, match="family_has_open_case"):
        opened(known, "cas_2")
    both = opened(known, "cas_2", OTHER)
    assert both.open_case_of(OTHER) == "cas_2"
    closed = both.follow("cas_1", CARE, closed_at=LATER, taken_by="HQ-1")
    assert closed.open_cases == (OpenCase(case_id="cas_2", programme=OTHER),)
    last = closed.follow("cas_2", OTHER, closed_at=LATER, taken_by=None)
    assert (closed.idle_since, last.idle_since) == (None, LATER)
    assert opened(closed, "cas_3").open_case_of(CARE) == "cas_3"
    assert known.follow("cas_0", CARE, closed_at=LATER, taken_by="HQ-1") is known


def opened(known: Family, case_id: str, programme: Programme = CARE) -> Family:
    """The family with one more open case."""
    return known.follow(case_id, programme, closed_at=None, taken_by=None)


def test_the_team_are_those_who_took_the_open_cases() -> None:
    taken = family().follow("cas_1", CARE, closed_at=None, taken_by="HQ-1")

    assert taken.team == ("HQ-1",)
    assert taken.follow("cas_1", CARE, closed_at=LATER, taken_by="HQ-1").team == ()


@pytest.mark.parametrize(
    ("people", "band"),
    [
        (0, SizeBand.ONE_OR_TWO),
        (2, SizeBand.ONE_OR_TWO),
        (3, SizeBand.THREE_OR_FOUR),
        (4, SizeBand.THREE_OR_FOUR),
        (5, SizeBand.FIVE_AND_MORE),
    ],
)
def test_others_learn_only_in_which_band_the_size_of_a_family_is(
    people: int, band: SizeBand
) -> None:
    assert family(members=(Member(relation="child"),) * people).size_band is band


@pytest.mark.parametrize(
    ("groups", "people", "traits"),
    [
        ((), ("mother",), ()),
        (("large",), ("mother",), ("large_family",)),
        ((), ("child",) * 5, ("large_family",)),
        (("child_under_3",), ("grandfather",), ("elderly", "small_children")),
    ],
)
def test_guardians_learn_what_they_may_like_of_a_family(
    groups: tuple[str, ...], people: tuple[str, ...], traits: tuple[str, ...]
) -> None:
    assert family(groups=groups, members=_people(*people)).traits == traits


@pytest.mark.parametrize(
    ("anonymous", "allows", "sought"),
    [(True, False, False), (True, True, True), (False, False, True), (False, True, True)],
)
def test_a_way_is_looked_for_to_who_has_not_wished_to_stay_unknown(
    anonymous: bool, allows: bool, sought: bool
) -> None:
    consents = (consent(ConsentPurpose.PROCESSING),) if allows else ()
    known = family(anonymous=anonymous, consents=consents, contacts=())

    assert not known.out_of_reach
    assert opened(known, "cas_1").out_of_reach is sought


def test_a_contact_is_sealed_under_the_record_that_has_it() -> None:
    other = family(family_id="fam_2", contacts=(contact(2),))

    assert family(contacts=(), others=(other,)).contact_subject == "fam_2"
    assert family(contacts=(contact(),), others=(other,)).contact_subject == "fam_1"


@pytest.mark.parametrize("ended_in", ["fam_1", "fam_2"])
def test_a_disclosure_that_one_record_knows_as_ended_is_over(ended_in: str) -> None:
    shown = Disclosure(
        recipient="D05", reason="child_in_danger", at=START, by="HQ-1", role="regional_hq",
        until=LATER + timedelta(days=14),
    )  # fmt: skip
    over = shown.model_copy(update={"until": LATER})
    of_record = {each: over if each == ended_in else shown for each in ("fam_1", "fam_2")}
    other = family(family_id="fam_2", disclosures=(of_record["fam_2"],))

    whole = family(disclosures=(of_record["fam_1"],), others=(other,))

    assert whole.all_disclosures == (over,)


def test_what_a_later_call_says_is_added_once() -> None:
    facts = FamilyFacts(
        kind="birth",
        groups=("large", "low_income"),
        members=(Member(relation="child"),),
        consents=(consent(ConsentPurpose.CONTACT),),
    )
    known = family(groups=("large",))

    learnt = known.learn(facts)

    assert learnt.groups == ("large", "low_income")
    assert learnt.kind == known.kind
    assert learnt.consents == known.consents
    assert learnt.members == facts.members
    assert learnt.learn(facts) is learnt


def _people(*said: str) -> tuple[Member, ...]:
    """Members as a call names them: who, and when born or that the child is expected."""
    found = []
    for each in said:
        relation, _, when = each.partition(" ")
        born = when if when and when != "expected" else None
        found.append(Member(relation=relation, born=born, expected=when == "expected"))
    return tuple(found)


@pytest.mark.parametrize(
    ("known", "named", "then"),
    [
        # a baby that a second call tells of
        (
            ["mother", "child 2019-03"],
            ["mother", "child 2019-03", "child 2026-10"],
            ["mother", "child 2019-03", "child 2026-10"],
        ),
        # who calls names some of them, in another order
        (["mother", "child 2019-03", "child"], ["child", "mother"], None),
        (["mother", "child 2019-03"], [], None),
        # the month is said now
        (["child", "child 2019-03"], ["child 2019-03", "child 2024-01"],
         ["child 2024-01", "child 2019-03"]),
        (["child 2019-03"], ["child"], None),
        (["child 2019-03"], ["child", "child"], ["child 2019-03", "child"]),
        # a child that was expected is there, and another is on its way
        (["mother", "child expected"], ["child 2026-10"], ["mother", "child 2026-10"]),
        (["child 2019-03"], ["child expected"], ["child 2019-03", "child expected"]),
        (["child expected"], ["child expected"], None),
        (["child expected"], ["child"], ["child expected", "child"]),
        # who was born before the family was known was not expected then
        (["child expected"], ["child 2012-05"], ["child expected", "child 2012-05"]),
        (["child expected"], ["child 2026-08"], ["child expected", "child 2026-08"]),
        (["child expected"], ["child 2026-09"], ["child 2026-09"]),
    ],
)  # fmt: skip
def test_who_is_named_in_a_later_call_is_a_member_once(
    known: list[str], named: list[str], then: list[str] | None
) -> None:
    before = family(members=_people(*known))
    learnt = before.learn(FamilyFacts(kind="birth", members=_people(*named)))

    assert learnt.members == _people(*(known if then is None else then))
    assert (learnt is before) is (then is None)


def test_more_people_than_a_family_has_are_refused() -> None:
    crowd = tuple(Member(relation="child", born=f"20{year}-01") for year in range(10, 30))
    with pytest.raises(Invalid, match="too_many_members") as refused:
        family(members=crowd).learn(FamilyFacts(kind="birth", members=_people("mother")))
    assert refused.value.facts == {"most": MAX_MEMBERS}
    fits = family(members=crowd[1:]).learn(FamilyFacts(kind="birth", members=_people("mother")))
    assert len(fits.members) == MAX_MEMBERS


def test_who_calls_says_when_to_be_called_from_now_on() -> None:
    known = family(preferred_time="morning", likeness="index-1")

    assert known.learn(FamilyFacts(kind="birth", preferred_time="evening")).preferred_time == (
        "evening"
    )
    assert known.learn(FamilyFacts(kind="birth")) is known


def test_a_guardian_is_excluded_for_the_family_once() -> None:
    known = family().exclude("gua_1")

    assert known.excluded_guardians == ("gua_1",)
    assert known.exclude("gua_1") is known
    assert known.readmit("gua_2") is known


def test_the_row_of_a_contact_names_all_who_have_it_and_must_be_as_it_was_read() -> None:
    nobody, shared = Holders("index-1"), Holders("index-1", "ZR/fam_2 XA/fam_3")
    mine = family()

    first, joined = nobody.row(mine, has=True), shared.row(mine, has=True)
    assert (first.attributes, first.condition) == ({"held_by": "ZR/fam_1"}, "absent")
    assert joined.attributes == {"held_by": "ZR/fam_2 XA/fam_3 ZR/fam_1"}
    assert joined.held_by == shared.held_by
    assert Holders("index-1", "ZR/fam_1 ZR/fam_2").row(mine, has=False).attributes == {
        "held_by": "ZR/fam_2"
    }
    last = Holders("index-1", "ZR/fam_1").row(mine, has=False)
    assert (last.attributes, last.held_by) == (None, "ZR/fam_1")
    assert shared.of("ZR") == ["fam_2"]


def test_a_family_has_as_many_contacts_and_card_holders_as_one_commit_forgets() -> None:
    full = family(contacts=tuple(contact(each) for each in range(MAX_CONTACTS)))
    with pytest.raises(IllegalStep, match="too_many_contacts"):
        full.add_contact(contact(9))
    assert "change_contact" in family(contacts=()).next_steps

    for number in range(MAX_CARD_HOLDERS):
        full = full.join_card_holder(f"A-{number}")
    assert full.join_card_holder("A-0") is full
    with pytest.raises(IllegalStep, match="too_many_card_holders"):
        full.join_card_holder("A-9")
    assert ("join_card_holder" in family().next_steps, "join_card_holder" in full.next_steps) == (
        True,
        False,
    )


def test_who_names_a_contact_later_is_anonymous_no_more() -> None:
    nameless = family(contacts=(), anonymous=True)

    assert not nameless.add_contact(contact()).anonymous
    assert not nameless.replace_contact(contact(), None).anonymous


def test_a_contact_needs_the_consent_to_be_kept() -> None:
    with pytest.raises(IllegalStep, match="no_consent_to_processing"):
        family(consents=()).add_contact(contact())


def test_the_office_that_was_told_is_before_that_of_the_own_district_in_the_lists() -> None:
    open_case = (OpenCase(case_id="cas_1", programme=CARE, taken_by=None),)
    allowed = tuple(builders.consent_to_office(each) for each in ("D05", "D01"))

    assert family(consents=allowed, open_cases=open_case).listed_offices(START) == ("D01", "D05")
    told = Disclosure(
        recipient="D07", reason="child_in_danger", by="HQ-1", role="regional_hq", at=START,
        until=START + timedelta(days=14),
    )  # fmt: skip
    shown = family(consents=allowed, open_cases=open_case, disclosures=(told,))
    assert shown.listed_offices(START) == ("D07", "D01", "D05")
    assert shown.listed_offices(told.until) == ("D01", "D05")
    # Without an open case only the office stays that was promised so many days.
    closed = family(consents=allowed, disclosures=(told,))
    assert (closed.listed_offices(START), closed.listed_offices(told.until)) == (("D07",), ())
    erased = closed.model_copy(update={"status": FamilyStatus.ERASED})
    assert erased.listed_offices(START) == ()


def test_who_was_told_apart_is_suggested_no_more() -> None:
    known = family(different_from=("fam_2",)).look_like(
        ["fam_2", "fam_3", "fam_3"], LikenessSign.SAME_CONTACT
    )

    assert [each.family_id for each in known.alike] == ["fam_3"]
    assert known.look_like(["fam_1"], LikenessSign.SAME_CONTACT) is known
    assert known.look_like(["fam_3"], LikenessSign.SAME_CONTACT) is known
    assert known.look_no_more_like(["fam_4"]) is known


def test_a_record_is_stored_without_those_that_were_merged_into_it() -> None:
    assert "others" not in family().model_copy(update={"others": (family(),)}).model_dump()


def test_two_records_that_share_a_phone_have_it_once_in_the_order_in_which_they_are_kept() -> None:
    other = family(family_id="fam_2", contacts=(contact(3), contact(1, channel="max")))
    whole = family(contacts=(contact(2), contact(1)), others=(other,))

    assert [each.contact_id for each in whole.all_contacts] == ["cnt_2", "cnt_1", "cnt_3"]
    assert whole.all_contacts[1].channel == "sms"


def test_each_look_of_an_office_is_one_whoever_else_looked_then() -> None:
    def shown(recipient: str, at: Any) -> Disclosure:
        return Disclosure(
            recipient=recipient, reason="child_in_danger", at=at, by="HQ-1", role="regional_hq",
            until=at + timedelta(days=14),
        )  # fmt: skip

    looks = shown("D05", START), shown("D07", START), shown("D05", LATER)
    assert family(disclosures=looks).all_disclosures == looks
    assert family(disclosures=looks).disclosed_to(START) == ("D05", "D07", "D05")


def test_what_both_records_have_asked_is_in_the_order_of_time() -> None:
    def asked(at: Any, kind: PersonRequestKind) -> PersonRequest:
        return PersonRequest(kind=kind, asked_at=at, due_on=at.date())

    first = asked(START, PersonRequestKind.OBJECTION)
    later = asked(LATER, PersonRequestKind.EXPORT)
    other = family(family_id="fam_2", person_requests=(first,))

    assert family(person_requests=(later,), others=(other,)).all_person_requests == (first, later)


@pytest.mark.parametrize(
    ("judged", "facts"),
    [
        (True, {"district": "D05"}),
        (True, {"excluded_guardians": ("gua_1",)}),
        (True, {"members": (Member(relation="child"),) * 3}),
        (True, {"contacts": (contact(language="tt"),)}),
        (True, {"preferred_time": "evening"}),
        (True, {"members": (Member(relation="grandmother"),)}),
        (True, {"home_conditions": ("pets",)}),
        (False, {"members": (Member(relation="child", born="2019-03"),)}),
        (False, {"kind": "birth", "groups": ("low_income",), "motivated": True}),
    ],
)
def test_guardians_judge_a_family_by_few_facts(judged: bool, facts: dict[str, Any]) -> None:
    assert (family(**facts).for_guardians != family().for_guardians) is judged


def test_of_who_is_forgotten_nothing_is_put_right() -> None:
    with pytest.raises(IllegalStep, match="person_was_erased"):
        family().erase(LATER).correct(FamilyCorrection(members=_people("mother")))
