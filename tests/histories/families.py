"""People around the families of a region, who do what is offered to them, in any order."""

from collections.abc import Callable
from typing import Any

from services.intake.families.domain import Family
from services.intake.families.repository import Families
from shared.events.matching import IntroductionHeld, MatchDeclined
from shared.principal import Principal
from tests.histories.commands import History, Said
from tests.histories.steps import KINDS, case_steps
from tests.intake.api_client import HQ, HQ_2, OPERATOR, request, staff

HQ_3, MANAGER_2 = staff("HQ-3", "regional_hq"), staff("CM-2", "case_manager")
COLLEAGUE, CASE_MANAGER = staff("OP-2", "hotline_operator"), staff("CM-1", "case_manager")
NAMES = ("Мария Семёнова", "Семенова Мария", "Анна-Мария Петрова", "АННА МАРИЯ ПЕТРОВА", "Зульфия")
PHONES = tuple(f"+7926000000{place}" for place in range(5))
WORDS, BORN = "Две козы", ("2019-03", "2020-05")
WRITTEN = {"evidence": "written"}


class Hotline(History):
    """Those who call a hotline, and those who work on what they ask for."""

    def move(self) -> None:
        """Let something be tried."""
        moves: tuple[tuple[int, Callable[[], None]], ...] = (
            (8, self.a_family_calls),
            (3, self.a_form_comes),
            (8, self.a_request_goes_on),
            (16, self.a_case_goes_on),
            (6, self.a_case_comes_to_care),
            (6, self.matching_says),
            (12, self.a_family_changes),
            (6, self.records_are_of_one_family),
            (2, self.a_case_ends_as_its_family_calls),
            (6, self.a_family_acts),
            (6, self.an_aid_is_put_right),
            (3, self.a_caseload_goes_over),
            (5, self.a_note_goes_on),
            (3, self.a_provider_goes_on),
            (6, self.time_passes),
        )
        weights = [weight for weight, _ in moves]
        self.chance.choices([move for _, move in moves], weights)[0]()

    def family(self, family_id: str) -> Family:
        """Return a family as its service reads it."""
        with self.client.world.service("intake"):
            return Families(self.client.world.stores["intake"]).get(family_id)

    # how families come --------------------------------------------------------------------

    def contact(self) -> dict[str, str]:
        return {
            "name": self.chance.choice(NAMES),
            "channel": "sms",
            "phone": self.chance.choice(PHONES),
        }

    def said(self, **more: Any) -> dict[str, Any]:
        born = self.chance.sample(BORN, self.chance.randint(0, 2))
        children = [{"relation": "child", "born": each} for each in born]
        some = self.chance.sample(KINDS, self.chance.randint(1, 2))
        return request(
            programme=self.chance.choice(("service_member_care", "family_care")),
            purpose=self.chance.choice(("hardship",) * 4 + ("information",)),
            confidentiality=self.chance.choice(("confidential", "shareable")),
            family={"members": children, "groups": self.chance.sample(("large", "low_income"), 1)},
            needs=[{"category": each, "text": WORDS} for each in some],
            contact=self.contact(),
            **more,
        )

    def a_family_calls(self) -> None:
        who = self.chance.choice((OPERATOR, OPERATOR, COLLEAGUE, HQ))
        known = self.some("FAMILY")
        named = {"family_id": known} if known else {}
        more: Any = self.chance.choices(({}, {"other_person": True}, named), (8, 1, 2))[0]
        said = self.said(**more)
        answer = self.post(who, "/requests", said)
        if answer.status == 422 and answer.code == "which_family_calls":
            shown = self.client.post(who, "/callers/search", {"phone": said["contact"]["phone"]})
            if shown.status == 200 and shown.json["families"]:
                calls = self.chance.choice(shown.json["families"])["id"]
                answer = self.post(who, "/requests", said | {"family_id": calls})
        if answer.status == 201 and self.chance.random() < 0.3:
            self._go_on(who, answer.json["id"])

    def a_case_ends_as_its_family_calls(self) -> None:
        """Close a case that a request is about to join."""
        if (case := self.some("CASE")) is not None:
            seen = self.client.view(case)
            said = {"family_id": seen["family"]["id"], "contact": None}
            self.client.post(
                OPERATOR, "/requests", self.said() | said | {"programme": seen["programme"]}
            )
            self.post(HQ, f"/cases/{case}/withdraw", WRITTEN)

    def a_form_comes(self) -> None:
        self.post(None, "/web-requests", self.said())

    # anything that is offered -------------------------------------------------------------

    def a_request_goes_on(self) -> None:
        if (asked := self.some("REQUEST")) is not None:
            self._go_on(self.chance.choice((OPERATOR, COLLEAGUE, HQ)), asked)

    def _go_on(self, who: Principal, asked: str) -> None:
        one = f"/requests/{asked}"
        seen = self.client.get(HQ, one).json
        needs = [each["need_id"] for each in seen["needs"]]
        added = self.client.get(HQ, f"{one}/words").json["added"]
        again = [{"need_id": each, "text": WORDS} for each in needs[:1]]
        mended = [{"contact": self.contact()}, {"district_id": "D02"}, {"change": again}]
        said: Said = {
            "join": ("case", (None,)),
            "end": ("end", ({"reason": "information_given"},)),
            "add": ("additions", ({"text": WORDS}, {"needs": [{"category": KINDS[0]}]})),
            "mend": ("mend", mended[: 1 if seen["case_status"] == "closed" else None]),
            "disown": ("disown", (None,)),
            "withdraw_addition": (
                f"additions/{added[-1]['id'] if added else ''}/withdraw",
                ({"reason": "other_family"},),
            ),
        }
        self._take_some(who, one, said)

    def a_case_goes_on(self) -> None:
        if (case := self.some("CASE")) is not None:
            who, one = self._coordinator(case), f"/cases/{case}"
            seen = self.client.get(who, one).json
            self._take_some(who, one, case_steps(seen, self.chance))

    def a_case_comes_to_care(self) -> None:
        if (case := self.some("CASE")) is not None:
            who, one = self._coordinator(case), f"/cases/{case}"
            self.post(who, f"{one}/take")
            self.post(who, f"{one}/needs", {"confirm": self.client.needs(case)})
            self.post(HQ, f"{one}/care-requirement", {"long_term_need": True, "reason": "illness"})

    def matching_says(self) -> None:
        """Tell what may happen next about a match, in one go or bit by bit."""
        client, case = self.client, self.some("CASE")
        seen = client.get(HQ, f"/cases/{case}").json if case else {"status": None}
        if case is None or seen["status"] not in ("care_required", "matched", "in_care"):
            return
        match = seen["match"]["match_id"] if seen["match"] else f"mat_{client.facts}"
        about = client.of_match(case, match)
        ended = client.ended(case, self.chance.choice(("conflict", "all_needs_met")), match)
        if seen["status"] == "in_care":
            client.hear(ended)
            return
        begun = [] if seen["match"] else [client.proposed(case, match)]
        held = IntroductionHeld(**about, held_at=self.now, in_time=True)
        declined = MatchDeclined(**about, by="family", reason="other", introduction_due_at=self.now)
        more = self.chance.choice(([], [declined], [held, client.started(case, match)]))
        client.hear(*begun, *more)

    def a_family_changes(self) -> None:
        if (family := self.some("FAMILY")) is None:
            return
        who, one = self.chance.choice((HQ, HQ_2)), f"/families/{family}"
        seen = self.client.get(who, one).json
        asked = [each["kind"] for each in seen["person_requests"] if each["answer"] is None]
        merged = [each["family_id"] for each in seen["merged"]] or [family]
        alike = [each["family_id"] for each in seen["alike"]] or self.ids("FAMILY")
        other = {"family_id": self.chance.choice(alike)}
        office = {"recipient": self.chance.choice(("D01", "D05"))}
        given = {"given": self.chance.random() < 0.6} | WRITTEN
        purposes = [{"purpose": each} for each in ("contact", "share_need_categories")]
        facts: list[dict[str, Any]] = [{"groups": ["large"]}, {"district_id": "D02"}]
        why = self.chance.choice(("learnt_later", "written_down_wrong"))
        said: Said = {
            "change_consent": (
                "consents",
                [given | each for each in (*purposes, {"purpose": "share_with_office"} | office)],
            ),
            "change_contact": ("contact", [{"contact": self.contact()} | WRITTEN]),
            "join_card_holder": (
                "card-holders",
                [{"holder_ref": f"FP-{self.chance.randint(1, 5)}"}],
            ),
            "disclose": ("disclosures", [office | {"reason": "child_in_danger"}]),
            "end_disclosure": ("disclosures/end", [office | {"reason": "by_mistake"}]),
            "ask_as_person": ("person-requests", [{"kind": "export"} | WRITTEN]),
            "answer_person": (
                f"person-requests/{(asked or ['export'])[0]}/answer",
                [{"answer": "done"}],
            ),
            "correct": ("corrections", [each | {"reason": why} for each in facts]),
            "merge": ("merge", [other | {"reason": "same_people"}]),
            "separate": (
                "merge/undo",
                [{"family_id": self.chance.choice(merged), "reason": "different_people"}],
            ),
            "erase": ("erase", [{"reason": "person_asked"} | WRITTEN]),
        }
        self._take_some(who, one, said)

    def records_are_of_one_family(self) -> None:
        """Merge some, also those whose cases are over; later one turns out to be of another."""
        records = self.ids("FAMILY")[-6:]
        merged = [each for each in records if self.family(each).joined]
        if merged and self.chance.random() < 0.5:
            family = self.family(self.chance.choice(merged))
            part = self.chance.choice(family.joined).family_id
            other = {"family_id": part, "reason": "different_people"}
            self.post(HQ, f"/families/{family.family_id}/merge/undo", other)
        elif len(records) > 1:
            one, *parts = self.chance.sample(records, min(3, len(records)))
            for part in parts:
                for each in self.family(part).open_cases if self.chance.random() < 0.4 else ():
                    self._close(each.case_id)
                same = {"family_id": part, "reason": "same_people"}
                self.post(HQ_2, f"/families/{one}/merge", same)

    def _close(self, case: str) -> None:
        """Close a case by its family's wish, or because another one of the family is open."""
        if self.chance.random() < 0.5:
            self.post(HQ, f"/cases/{case}/withdraw", WRITTEN)
        else:
            self.post(who := self._coordinator(case), f"/cases/{case}/take")
            self.post(who, f"/cases/{case}/triage", {"decision": "decline", "reason": "duplicate"})

    def a_family_acts(self) -> None:
        if (family := self.some("FAMILY")) is None:
            return
        itself = Principal(family, "person", "family", ("family",), audience="intake")
        own = self.client.get(itself, "/own-cases")
        cases = [f"/cases/{each['id']}" for each in own.json["items"]]
        said: list[tuple[str, Any]] = [
            (f"/families/{family}/consents", {"purpose": "contact", "given": True}),
            (f"/families/{family}/contact", {"contact": self.contact()}),
            (f"/families/{family}/person-requests", {"kind": "objection"}),
            *((f"{case}/corrections", {"add": [{"category": KINDS[1]}]}) for case in cases),
            *((f"{case}/withdraw", {}) for case in cases[-1:]),
            *((f"{case}/reopen", {"reason": "needs_returned"}) for case in cases),
        ]
        self.post(itself, *self.chance.choice(said))
        assert self.client.get(itself, f"/families/{family}/export").status in (200, 404)

    def an_aid_is_put_right(self) -> None:
        if (case := self.some("CASE")) is None:
            return
        who, one = self._coordinator(case), f"/cases/{case}"
        seen = self.client.get(who, one).json
        if not seen["aids"]:
            kind = self.chance.choice(KINDS)
            aid = self._aid() | {"category": kind, "last": self.chance.choice((None, True, False))}
            self.post(who, f"{one}/aids", aid)
            return
        aid = self.chance.choice(seen["aids"])
        path = f"{one}/aids/{aid['aid_id']}"
        if self.chance.random() < 0.5:
            self.post(who, f"{path}/correct", self._aid() | {"reason": "written_down_wrong"})
        else:
            self.post(who, f"{path}/withdraw", {"reason": "recorded_twice"})

    def _aid(self) -> dict[str, Any]:
        provider = self.some("PROVIDER")
        given = {"provider_id": provider} if provider and self.chance.random() < 0.5 else {}
        return {
            "category": self.chance.choice(KINDS),
            "persons": self.chance.randint(1, 9),
            "legal_basis": self.chance.choice(("programme", "law_442fz")),
        } | given

    def a_caseload_goes_over(self) -> None:
        people = (HQ, HQ_2, HQ_3, CASE_MANAGER, MANAGER_2)
        one, other = self.chance.choice(people), self.chance.choice(people)
        who = self.chance.choice((HQ, one, other))
        said = {
            "region": "ZR",
            "taken_from": one.id,
            "taken_by": other.id,
            "reason": "colleague_left",
        }
        more = self.chance.choice(
            ({}, {}, {"district_id": "D02"}, {"case_ids": [self.some("CASE")]})
        )
        if more != {"case_ids": [None]}:
            self.post(who, "/caseload-transfers", said | more)

    def a_note_goes_on(self) -> None:
        who = self.chance.choice((OPERATOR, COLLEAGUE, HQ))
        asked, note = self.some("REQUEST"), self.some("HAND_OVER")
        if asked and (note is None or self.chance.random() < 0.4):
            urgency = self.chance.choice(("normal", "urgent"))
            said = {"request_id": asked, "text": WORDS, "urgency": urgency}
            self.post(OPERATOR, "/hand-overs", said)
        elif note:
            steps: Said = {"take_note": ("take", (None,)), "finish_note": ("finish", (None,))}
            self._take_some(who, f"/hand-overs/{note}", steps)

    def a_provider_goes_on(self) -> None:
        about = {"name": "Фонд", "sector": "ngo", "services": [self.chance.choice(KINDS)]}
        if (one := self.some("PROVIDER")) is None or self.chance.random() < 0.4:
            self.post(HQ, "/providers", about | {"region": "ZR"})
        elif self.chance.random() < 0.4:
            self.post(HQ, f"/providers/{one}/retire")
        else:
            seen = self.client.get(HQ, f"/providers/{one}").json
            stale = self.chance.random() < 0.3
            version = seen["version"] - stale
            answer = self.client.api(HQ).call("PUT", f"/providers/{one}", about, if_match=version)
            assert not stale or answer.status in (412, 409), answer.text

    def _coordinator(self, case: str) -> Principal:
        """Return who has the case, or somebody who may take it."""
        people = {each.id: each for each in (HQ, HQ_2, HQ_3, CASE_MANAGER, MANAGER_2)}
        taken_by = self.client.view(case)["taken_by"]
        return people.get(taken_by) or self.chance.choice((*people.values(),))
