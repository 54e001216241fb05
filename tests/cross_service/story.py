"""The main job from the first call to the card, step by step, as people do it."""

import re
from collections.abc import Callable
from typing import Any

from infra.local_platform.proxy import PAGES
from tests.cross_service.region import (
    AUTHORITY,
    EVIDENCE,
    FEDERAL,
    HQ,
    LEADER,
    RegionClient,
    holder,
    rep,
)

# What the viewer of messages on a local stage makes a link of.
(_LINK,) = re.findall(r"split\(/(.+?)/\)", (PAGES / "outbox.html").read_text("utf-8"))
LINK = re.compile(_LINK)


class Story:
    """One family, one guardian and one card, and the step they are at."""

    def __init__(self, client: RegionClient) -> None:
        self.client = client
        self.case = self.guardian = self.match = self.card = ""
        self.handed: Any = None
        self.opened: dict[str, int] = {}

    # 1 and 2: the request ------------------------------------------------------------------

    def a_family_asks_for_help(self) -> None:
        self.case = self.client.registered("household_help", "repair_work", phone="+79031112233")

    def the_same_family_asks_again(self) -> None:
        assert self.client.registered("repair_work", phone="+79031112233") == self.case

    def headquarters_takes_the_request(self) -> None:
        self.client.do(HQ, f"/intake/cases/{self.case}/take")

    def headquarters_clarifies_the_needs(self) -> None:
        needs = self.client.get(HQ, f"/intake/cases/{self.case}")["needs"]
        confirmed = {"confirm": [need["need_id"] for need in needs]}
        self.client.do(HQ, f"/intake/cases/{self.case}/needs", confirmed)

    def headquarters_sets_the_marker(self) -> None:
        self.client.flagged(self.case)

    def the_family_changes_its_needs_while_it_waits(self) -> None:
        wish = {"add": [{"category": "food_aid"}]}
        self.client.as_family(self.case, f"/intake/cases/{self.case}/corrections", wish)

    # 3: guardians ---------------------------------------------------------------------------

    def an_organisation_applies(self) -> None:
        offers = ("household_help", "repair_work", "food_aid")
        self.guardian = self.client.applied(*offers, channel="email", address="oleg@example.test")

    def headquarters_is_asked_to_talk_to_it(self) -> None:
        path = f"/matching/guardians/{self.guardian}"
        self.client.do(FEDERAL, f"{path}/vetting")
        asked = {"invited_role": "head", "question": "Сколько вас?"}
        self.client.do(FEDERAL, f"{path}/clarification", asked)

    def the_talk_was_held(self) -> None:
        held = {"held_on": "2026-09-14", "result": "satisfied"}
        self.client.do(HQ, f"/matching/guardians/{self.guardian}/clarification/result", held)

    def the_organisation_is_approved(self) -> None:
        self.client.approved(self.guardian)

    def a_region_gets_it(self) -> None:
        self.client.assigned(self.guardian)

    def its_people_have_taken_the_training(self) -> None:
        self.client.trained(self.guardian)

    def it_was_interviewed(self) -> None:
        self.client.interviewed(self.guardian)

    def it_was_briefed_and_is_ready(self) -> None:
        self.client.briefed(self.guardian)

    def it_signs_the_participation_agreement(self) -> None:
        self.client.joined(self.guardian)

    def candidates_are_looked_at(self) -> None:
        self.client.get(HQ, f"/matching/families/{self.case}/candidates")

    # 4: the match ---------------------------------------------------------------------------

    def headquarters_proposes_a_guardian(self) -> None:
        self.match = self.client.proposed(self.case, self.guardian)

    def the_guardian_declines(self) -> None:
        who = rep(self.guardian)
        self.client.do(who, f"/matching/matches/{self.match}/decline", {"reason": "too_far"})

    def _has_room_for_more(self) -> None:
        """What the guardian can do has changed since it declined: it may be asked again."""
        path = f"/matching/guardians/{self.guardian}"
        view = self.client.get(HQ, path)
        offered = [{"category": each["category"]} for each in view["capabilities"]]
        facts = {"capabilities": offered, "district_ids": view["district_ids"]}
        facts["capacity_families"] = view["capacity_families"] + 1
        api = self.client.api("matching", HQ)
        answer = api.put(
            f"{path.removeprefix('/matching')}/possibilities", facts, if_match=view["version"]
        )
        assert answer.status == 200, answer.text

    def headquarters_takes_a_proposal_back(self) -> None:
        self._has_room_for_more()
        self.match = self.client.proposed(self.case, self.guardian)
        self._skip()
        self.client.do(HQ, f"/matching/matches/{self.match}/cancellation", {"reason": "mistake"})

    def one_side_says_yes(self) -> None:
        self.match = self.client.proposed(self.case, self.guardian)
        self._skip()
        self.client.do(rep(self.guardian), f"/matching/matches/{self.match}/acceptance", {})

    def the_other_side_says_yes_too(self) -> None:
        said = {"by": "family", "evidence": "phone_call"}
        self.client.do(HQ, f"/matching/matches/{self.match}/acceptance", said)

    def h_24_have_passed_without_introduction(self) -> None:
        self.client.at("2026-09-15 10:01")

    def h_48_have_passed_without_introduction(self) -> None:
        self.client.at("2026-09-16 10:01")

    def h_60_have_passed_without_introduction(self) -> None:
        self.client.at("2026-09-16 22:01")

    def h_72_have_passed_without_introduction(self) -> None:
        self.client.at("2026-09-17 10:01")

    def the_introduction_is_held(self) -> None:
        self.client.introduced(self.match, late_reason="family_asked_later")

    def the_care_agreement_is_written_down(self) -> None:
        self.client.drafted(self.match)

    def both_sides_have_signed(self) -> None:
        self.client.signed(self.match)

    def the_first_help_is_given(self) -> None:
        self.client.at("2026-09-18 12:00")
        self.client.helped(self.match)

    def another_help_is_given(self) -> None:
        self.client.helped(self.match)

    def the_family_changes_its_needs_in_care(self) -> None:
        wish = {"add": [{"category": "animal_care"}]}
        self.client.as_family(self.case, f"/intake/cases/{self.case}/corrections", wish)

    def d_14_have_passed_since_the_first_help(self) -> None:
        self.client.at("2026-10-02 10:00")

    def headquarters_has_called_and_all_is_well(self) -> None:
        self._called("two_weeks", "fine")

    def the_family_gives_a_low_score(self) -> None:
        text = self.client.messages_to("family")[-1].text
        link = text.rpartition("/forms/")[2].split()[0]
        said = {"score": 2, "needs_met": "partly"}
        self.client.do(None, f"/notifications/feedback/{link}", said)

    def a_month_has_passed_since_the_first_help(self) -> None:
        self.client.at("2026-10-18 10:00")

    def the_call_finds_a_problem(self) -> None:
        self._called("one_month", "problem")

    def d_30_have_passed_without_a_story(self) -> None:
        self.client.at("2026-10-18 12:30")

    def the_guardian_sends_a_story(self) -> None:
        tale = {"text": "Починили крышу"}
        path = f"/matching/matches/{self.match}/stories"
        self.story = self.client.do(rep(self.guardian), path, tale)["id"]

    def the_story_may_be_published(self) -> None:
        consent = {"consent_ref": "c-1"}
        self.client.do(HQ, f"/matching/stories/{self.story}/consent", consent)
        self.client.do(FEDERAL, f"/matching/stories/{self.story}/clearance")

    def the_family_takes_its_consent_back(self) -> None:
        paper = {"consent_ref": "C-2"}
        self.client.do(HQ, f"/matching/stories/{self.story}/consent/withdrawal", paper)

    def the_guardian_reports_that_it_cannot_go_on(self) -> None:
        report = {"period": "2026-10", "done": "Помогали", "resources_ok": False}
        path = f"/matching/matches/{self.match}/reports"
        self.client.do(rep(self.guardian), path, report)

    def the_guardian_gives_notice(self) -> None:
        self._noticed(rep(self.guardian))

    def h_24_have_passed_without_the_other_notice(self) -> None:
        self.client.at("2026-10-19 13:00")

    def the_family_gives_notice_too(self) -> None:
        self._noticed(self.client.family_token(self.case))

    def headquarters_ends_care_and_needs_are_open(self) -> None:
        self._end("guardian_resources_exhausted")

    def headquarters_ends_care_and_all_is_done(self) -> None:
        self.client.do(HQ, f"/matching/guardians/{self.guardian}/resumption")
        body = {"case_id": self.case, "guardian_id": self.guardian}
        override = {"reason": "best_available", "uncovered": ["animal_care"]}
        made = self.client.do(HQ, "/matching/matches", body | {"override": override})
        self.match = made["id"]
        self.client.introduced(self.match)
        self.client.drafted(self.match)
        self.client.signed(self.match)
        self.client.helped(self.match)
        self.client.all_met(self.case)
        self._skip()
        self._end("all_needs_met")

    # requests that take another way -----------------------------------------------------------

    def one_help_is_enough(self) -> None:
        self.case = self._taken()
        self.client.do(HQ, f"/intake/cases/{self.case}/triage", {"decision": "one_time"})

    def that_help_was_given(self) -> None:
        aid = {"category": "food_aid", "persons": 3, "legal_basis": "programme", "last": True}
        self.client.do(HQ, f"/intake/cases/{self.case}/aids", aid)

    def the_case_is_opened_again(self) -> None:
        self.client.do(
            HQ, f"/intake/cases/{self.case}/reopen", {"reason": "new_request", **EVIDENCE}
        )

    def somebody_else_helps_better(self) -> None:
        provider = {
            "region": "ZR", "name": "Приют", "sector": "ngo", "services": ["food_aid"],
        }  # fmt: skip
        found = self.client.do(HQ, "/intake/providers", provider)["id"]
        decision = {"decision": "redirect", "provider_id": found}
        self.client.do(HQ, f"/intake/cases/{self.case}/triage", decision)

    def the_programme_cannot_help(self) -> None:
        self.case = self._taken()
        decision = {"decision": "decline", "reason": "outside_programme"}
        self.client.do(HQ, f"/intake/cases/{self.case}/triage", decision)

    def headquarters_lifts_the_marker(self) -> None:
        self.case = self.client.waiting()
        self._skip()
        path = f"/intake/cases/{self.case}/care-requirement/lift"
        self.client.do(HQ, path, {"reason": "family_declined"})

    def the_family_takes_its_request_back_after_a_proposal(self) -> None:
        self.case = self.client.waiting()
        self.match = self.client.proposed(self.case, self.guardian)
        self._skip()
        path = f"/intake/cases/{self.case}/withdraw"
        self.client.do(HQ, path, {"reason": "not_said", **EVIDENCE})

    def the_person_is_forgotten(self) -> None:
        path = f"/intake/families/{self.client.family(self.case)}/erase"
        self.client.do(HQ, path, {"reason": "person_asked", **EVIDENCE})

    # 5: the card ------------------------------------------------------------------------------

    def a_card_is_issued(self) -> None:
        started = {
            "region": "ZR", "club_id": "C-00", "authority_id": "RA", "started_on": "2026-09-01",
        }  # fmt: skip
        self.client.do(AUTHORITY, "/cards/programmes", started)
        wanted = {
            "region": "ZR",
            "district_id": "D01",
            "holder_ref": "fp-1",
            "contact": {"name": "Вера", "channel": "sms", "phone": "+79035556677"},
            "placement_current": True,
        }
        self.handed = self.client.do(LEADER, "/cards/cards", wanted)

    def it_is_not_activated_for_two_weeks(self) -> None:
        self.client.at("2026-11-03 13:30")

    def the_holder_activates_it(self) -> None:
        self.client.do(
            holder("fp-1"),
            "/cards/cards/activate",
            {
                "number": self.handed["number"],
                "activation_code": self.handed["activation_code"],
                "district_id": "D01",
                "contact": {"name": "Вера", "channel": "sms", "phone": "+79035556677"},
                "consent_processing": True,
                "consent_community": True,
            },
        )

    def the_holder_has_lost_it(self) -> None:
        path = f"/cards/cards/{self.handed['id']}/block"
        self.client.do(holder("fp-1"), path, {"reason": "lost"})

    def a_new_one_replaces_it(self) -> None:
        path = f"/cards/cards/{self.handed['id']}/replace"
        self.handed = self.client.do(LEADER, path, {"reason": "lost"})

    def the_right_to_it_has_ended(self) -> None:
        path = f"/cards/cards/{self.handed['id']}/revoke"
        self.client.do(LEADER, path, {"reason": "placement_ended"})

    # how they are done --------------------------------------------------------------------------

    def _called(self, kind: str, result: str) -> None:
        said = {"kind": kind, "result": result}
        self.client.do(HQ, f"/matching/matches/{self.match}/calls", said)

    def _noticed(self, who: Any, **headers: str) -> None:
        reason = {"reason": "guardian_resources_exhausted"}
        self.client.do(who, f"/matching/matches/{self.match}/notices", reason, **headers)

    def _end(self, reason: str) -> None:
        self.client.do(HQ, f"/matching/matches/{self.match}/ending", {"reason": reason})

    def _taken(self) -> str:
        case = self.client.registered()
        self.client.understood(case)
        self._skip()
        return case

    def _skip(self) -> None:
        """What was told so far belongs to steps that stand elsewhere in the table."""
        self.since = len(self.client.messages)

    def play(self, step: Callable[["Story"], None]) -> list[tuple[str, str]]:
        """The step, and whom it told what."""
        self._skip()
        step(self)
        links = {
            url for each in self.client.messages[self.since :] for url in LINK.findall(each.text)
        }
        self.opened |= {url: self.client.opened(url) for url in links}
        return self.client.heard(self.since)


STEPS = [
    step
    for name, step in vars(Story).items()
    if callable(step) and not name.startswith("_") and name != "play"
]


def title(step: Callable[[Story], None]) -> str:
    """A step as the table calls it."""
    words = step.__name__.replace("_", " ")
    for hours in (24, 48, 60, 72):
        words = words.replace(f"h {hours}", f"{hours} hours")
    return words.replace("d 14", "14 days").replace("d 30", "30 days").capitalize()
