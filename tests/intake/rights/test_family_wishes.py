"""A family's own hand on its case: through a bot, a link, or headquarters with evidence."""

from dataclasses import replace
from typing import Any

import pytest

from services.intake.families.domain import MOST_SENSITIVE
from shared import clock
from shared.events.matching import MatchCancelled
from shared.principal import Principal
from tests.intake.api_client import (
    BOT,
    HQ,
    NAME,
    OPERATOR,
    PHONE,
    REP,
    WORDS,
    IntakeClient,
    just_before_the_next_write,
    request,
    sealed,
)
from tests.intake.rights.builders import PETS, bot_for


def test_a_bot_that_proved_the_family_acts_for_it_and_for_no_other(client: IntakeClient) -> None:
    mine, other = client.received(), client.received(contact=None)
    bot = bot_for(client, mine)

    assert bot.post(f"/cases/{mine}/corrections", PETS, key="b1").status == 200
    own = bot.get(f"/cases/{mine}/own").json
    assert {words["text"] for words in own["words"]} == {WORDS, "Две козы"}
    assert bot.get(f"/cases/{other}/own").status == 404
    assert bot.post(f"/cases/{other}/corrections", PETS, key="b2").status == 404
    assert bot.get(f"/cases/{mine}/contact").status == 403
    entry = client.get(HQ, f"/cases/{mine}/history").json["items"][-1]
    assert (entry["by"], entry["role"], entry["for_whom"]) == (
        "bot-1",
        "family",
        client.family(mine),
    )


@pytest.mark.requirement("X-05")
def test_a_bot_that_is_not_bound_or_of_another_region_does_nothing(client: IntakeClient) -> None:
    case = client.received()
    family = client.family(case)
    deeds: tuple[tuple[str, dict[str, Any]], ...] = (
        (f"/cases/{case}/corrections", PETS),
        (f"/cases/{case}/withdraw", {}),
        (f"/families/{family}/consents", {"purpose": "contact", "given": False}),
        (f"/families/{family}/erase", {"reason": "person_asked"}),
    )

    def refused(bot: Principal) -> None:
        api = client.api(bot).with_(Ryadom_On_Behalf_Of=family)
        reads = [api.get(f"/families/{family}/export"), api.get(f"/cases/{case}/own")]
        done = [api.post(path, body, key=f"f-{bot.regions}-{path}") for path, body in deeds]
        assert {answer.status for answer in (*reads, *done)} == {403}

    refused(BOT)
    client.bind()
    for regions in (("YY",), ()):
        refused(replace(BOT, regions=regions))
    assert client.view(case)["status"] == "received"
    assert client.published("FamilyErased") == []


def test_headquarters_says_how_it_knows_the_familys_wish(client: IntakeClient) -> None:
    case = client.received()

    bare = client.post(HQ, f"/cases/{case}/corrections", PETS)
    assert (bare.status, bare.code) == (422, "evidence_required")
    for path, wish in (("corrections", PETS), ("withdraw", {})):
        unheard = client.post(HQ, f"/cases/{case}/{path}", wish | {"evidence": "trust_me"})
        assert (unheard.status, unheard.json["errors"][0]["pointer"]) == (422, "/evidence")
    by_phone = {"reason": "whatever", "evidence": "spoken_by_phone"}
    why = client.post(HQ, f"/cases/{case}/withdraw", by_phone)
    assert (why.status, why.json["errors"][0]["pointer"]) == (422, "/reason")

    client.do(HQ, f"/cases/{case}/corrections", PETS | {"evidence": "spoken_by_phone"})
    entries = [row for row in client.world.rows("intake-audit") if "evidence" in row]
    assert entries[-1]["evidence"]["S"] == "spoken_by_phone"
    assert entries[-1]["on_behalf_of"]["S"] == client.family(case)
    assert entries[-1]["actor"]["S"] == "HQ-1"


def test_a_family_that_decides_itself_proves_nothing(client: IntakeClient) -> None:
    case = client.received()
    family = client.family(case)
    client.bind()
    api = client.api(BOT).with_(Ryadom_On_Behalf_Of=family)
    consent = {"purpose": "contact", "given": True}
    wishes = [
        (f"/cases/{case}/corrections", PETS),
        (f"/families/{family}/consents", consent),
        (f"/families/{family}/erase", {"reason": "person_asked"}),
    ]

    for path, wish in wishes:
        said = api.post(path, wish | {"evidence": "written"}, key=f"w-{path}")
        assert (said.status, said.code) == (422, "evidence_of_own_word")
        assert said.json["errors"][0]["pointer"] == "/evidence"
    assert api.post(wishes[0][0], PETS, key="w-alone").status == 200


@pytest.mark.parametrize(
    ("consent", "code"),
    [
        ({"purpose": "share_with_office", "given": True}, "recipient_required"),
        ({"purpose": "contact", "given": True, "recipient": "D05"}, "recipient_not_expected"),
        *(
            (
                {"purpose": "share_with_office", "given": given, "recipient": "D99"},
                "unknown_district",
            )
            for given in (True, False)
        ),
    ],
)
def test_only_a_consent_for_an_office_names_a_recipient(
    client: IntakeClient, consent: dict[str, Any], code: str
) -> None:
    case = client.received()

    answer = client.post(
        HQ, f"{client.of_family(case)}/consents", consent | {"evidence": "written"}
    )

    assert (answer.status, answer.code) == (422, code)
    assert [each["pointer"] for each in answer.json["errors"]] == ["/recipient"]


@pytest.mark.requirement("X-13")
def test_consent_to_share_taken_back_ends_the_search(client: IntakeClient) -> None:
    case = client.waiting()

    wish = {"purpose": "share_need_categories", "given": False, "evidence": "spoken_by_phone"}
    client.do(HQ, f"{client.of_family(case)}/consents", wish)

    assert client.view(case)["status"] == "in_review"
    assert [event["reason"] for event in client.published("CareRequirementLifted")] == [
        "consent_withdrawn"
    ]


def test_another_consent_taken_back_ends_no_search(client: IntakeClient) -> None:
    case = client.waiting()
    family = client.of_family(case)

    wish = {"given": False, "evidence": "spoken_by_phone"}
    client.do(HQ, f"{family}/consents", wish | {"purpose": "contact"})
    # What was never allowed is not taken back.
    office = {"purpose": "share_with_office", "recipient": "D05"}
    client.do(HQ, f"{family}/consents", wish | office)

    assert client.view(case)["status"] == "care_required"
    assert client.published("CareRequirementLifted") == []


def test_a_consent_says_how_it_was_given(client: IntakeClient) -> None:
    """As headquarters knows of it, unless it says another way; in the bot by the family itself."""
    case = client.received()
    family = client.of_family(case)
    office = {"purpose": "share_with_office", "given": True}
    for recipient, how in {
        "D05": {"evidence": "written"},
        "D06": {"evidence": "spoken_by_phone"},
        "D07": {"evidence": "spoken_in_person", "form": "written"},
        "D08": {"evidence": "written", "form": "spoken"},
    }.items():
        client.do(HQ, f"{family}/consents", office | how | {"recipient": recipient})
    itself = client.signed_in()
    client.do(itself, f"{family}/consents", office | {"recipient": "D01"})
    # No paper of it was seen, whatever is said.
    client.do(itself, f"{family}/consents", office | {"recipient": "D02", "form": "written"})

    kept = client.get(HQ, f"{family}/export").json["consents"]
    given = {each["recipient"]: each["form"] for each in kept if each["recipient"]}
    assert given == {
        "D05": "written", "D06": "spoken", "D07": "written", "D08": "spoken", "D01": "online",
        "D02": "online",
    }  # fmt: skip


@pytest.mark.requirement("X-13")
def test_consent_to_share_taken_back_ends_an_open_proposal_too(client: IntakeClient) -> None:
    case = client.introduced()

    wish = {"purpose": "share_need_categories", "given": False, "evidence": "spoken_by_phone"}
    client.do(HQ, f"{client.of_family(case)}/consents", wish)

    view = client.view(case)
    assert (view["status"], view["match"], view["care"]) == ("in_review", None, None)
    (lifted,) = client.published("CareRequirementLifted")
    assert (lifted["case_id"], lifted["reason"]) == (case, "consent_withdrawn")
    assert client.get(REP, f"/cases/{case}/contact").status == 404
    cancelled = {"reason": "consent_withdrawn", "introduction_due_at": clock.now()}
    client.hear(MatchCancelled(**client.of_match(case, "mat_1"), **cancelled, by="system"))
    client.hear(client.started(case))
    assert client.view(case)["status"] == "in_review"


def test_consent_to_share_taken_back_during_the_first_help_leaves_the_care(
    client: IntakeClient,
) -> None:
    """The care is known to both services: the family's case is not beside its guardian."""
    case = client.introduced()
    wish = {"purpose": "share_need_categories", "given": False, "evidence": "spoken_by_phone"}
    client.do(HQ, f"{client.of_family(case)}/consents", wish)

    client.hear(client.started(case))

    view = client.view(case)
    assert (view["status"], view["match"]["match_id"]) == ("in_care", "mat_1")
    client.hear(client.ended(case, "guardian_resources_exhausted"))
    assert client.view(case)["status"] == "in_review"


@pytest.mark.requirement("X-13")
def test_consent_to_share_taken_back_in_care_leaves_the_care(client: IntakeClient) -> None:
    case = client.in_care()

    wish = {"purpose": "share_need_categories", "given": False, "evidence": "spoken_by_phone"}
    client.do(HQ, f"{client.of_family(case)}/consents", wish)

    assert client.view(case)["status"] == "in_care"
    assert client.published("CareRequirementLifted") == []


@pytest.mark.parametrize("in_care", [False, True])
def test_consent_to_share_taken_back_at_the_same_moment_begins_no_search(
    client: IntakeClient, in_care: bool
) -> None:
    case = client.in_care() if in_care else client.in_review()
    path = f"{client.of_family(case)}/consents"
    wish = {"purpose": "share_need_categories", "given": False, "evidence": "spoken_by_phone"}

    with just_before_the_next_write(client, lambda: client.post(HQ, path, wish)):
        if in_care:
            client.hear(client.ended(case, "guardian_resources_exhausted"))
        else:
            marker = {"long_term_need": True, "reason": "illness"}
            refused = client.post(HQ, f"/cases/{case}/care-requirement", marker)
            assert (refused.status, refused.code) == (409, "no_consent_to_share")

    assert client.view(case)["status"] == "in_review"


def test_an_anonymous_family_may_say_later_who_it_is(client: IntakeClient) -> None:
    case = client.in_review(confidentiality="anonymous", contact=None, consents={})
    family, by_phone = client.of_family(case), {"evidence": "spoken_by_phone"}
    marker = {"long_term_need": True, "reason": "illness"}
    for purpose in ("processing", "share_need_categories"):
        consent = {"purpose": purpose, "given": True} | by_phone
        client.do(HQ, f"{family}/consents", consent)
    refused = client.post(HQ, f"/cases/{case}/care-requirement", marker)
    assert (refused.status, refused.code) == (409, "family_is_anonymous")

    contact = {"name": NAME, "channel": "sms", "phone": PHONE}
    client.do(HQ, f"{family}/contact", {"contact": contact} | by_phone)

    assert client.do(HQ, f"/cases/{case}/care-requirement", marker)["status"] == "care_required"
    assert client.received() == case


def test_no_command_is_larger_than_a_transaction_may_be(client: IntakeClient) -> None:
    words = "Слово " * 80
    most = [{"category": "other", "text": words} for _ in range(10)]
    sizes: list[int] = []
    write = client.world.dynamodb.transact_write_items

    def measured(**call: Any) -> Any:
        sizes.append(len(call["TransactItems"]))
        return write(**call)

    client.world.dynamodb.transact_write_items = measured  # type: ignore[method-assign]
    groups = {"groups_sensitive": ["parental_dependency"]}
    everything = {"needs": most, "external_ref": {"system": "onf", "id": "1"}, "family": groups}
    case = client.received(**everything)
    registration = max(sizes)
    client.do(HQ, f"/cases/{case}/take")
    needs = client.needs(case)
    rewritten = [{"need_id": need, "text": words} for need in needs]
    client.do(HQ, f"/cases/{case}/needs", {"add": most, "change": rewritten})
    marker = {"long_term_need": True, "reason": "illness"}
    client.do(HQ, f"/cases/{case}/care-requirement", marker)
    for each in rewritten:
        client.do(HQ, f"/cases/{case}/needs", {"change": [each]})
    client.do(None, "/own-case/corrections", {"change": rewritten, "link": client.link(case)})
    assert len(sealed(client, "txt")) == 2
    for _ in range(MOST_SENSITIVE - 1):
        client.asked(family=groups, programme="family_care")
    facts = groups | {"district_id": "D02", "language": "en", "members": [{"relation": "other"}]}
    client.do(None, "/own-case/family", facts | {"link": client.link(case)})
    assert "groups" not in set().union(*sealed(client, "req").values())
    client.get(HQ, f"/cases/{case}/contact")
    client.do(
        HQ, f"{client.of_family(case)}/erase", {"reason": "person_asked", "evidence": "written"}
    )

    assert registration == 15
    assert max(sizes) == 16


def test_a_call_is_repeated_safely_while_the_case_moves_on(client: IntakeClient) -> None:
    case = client.received()
    first = client.post(HQ, f"/cases/{case}/take", key="once")
    client.do(HQ, f"/cases/{case}/needs", {"confirm": client.needs(case)})

    again = client.post(HQ, f"/cases/{case}/take", key="once")

    assert again.json == first.json
    client.post(OPERATOR, "/requests", request(), key="call")
    assert client.post(OPERATOR, "/requests", request(text="x"), key="call").status == 422
