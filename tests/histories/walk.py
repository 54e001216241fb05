"""People of a region who do what is offered to them, in any order, for weeks of business time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from shared.principal import Principal
from tests.cross_service.region import EVIDENCE, FEDERAL, HQ, OPERATOR, RegionClient, rep
from tests.histories.steps import KINDS, Said, case_steps, match_steps
from tests.support.world import at

COLLEAGUE = Principal("HQ-2", "person", "regional_hq", ("regional_hq",), ("ZR",))
BEGIN = at("2026-09-14 10:00")
# Taken at every chance these would leave no care that runs.
RARE = ("withdraw", "triage", "lift_care", "cancel", "decline", "report", "submit_story")


class TryingClient(RegionClient):
    """Calls that may be refused, never with a 500; what a refused one would answer is empty."""

    refused = 0

    def do(self, who: Principal | None, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.post(who, path, body, **headers)
        assert answer.status < 500, (path, body, answer.text)
        self.refused += answer.status >= 400
        return answer.json if answer.status < 400 else {}


@dataclass
class Walk:
    """One history: `cases`, `guardians` and `matches` are what its people know of."""

    client: TryingClient
    chance: Random
    now: datetime = BEGIN
    cases: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    guardians: list[str] = field(default_factory=list)
    matches: list[str] = field(default_factory=list)

    def go(self, steps: int) -> None:
        """Let so many things be tried."""
        moves: tuple[tuple[int, Callable[[], None]], ...] = (
            (4, self.a_family_asks),
            (18, self.a_case_goes_on),
            (9, self.a_case_comes_to_care),
            (9, self.a_guardian_is_proposed),
            (14, self.a_match_goes_well),
            (26, self.a_match_goes_on),
            (4, self.a_family_changes),
            (3, self.a_request_changes),
            (2, self.a_guardian_changes),
            (1, self.a_round_is_held),
            (7, self.time_passes),
        )
        weights = [weight for weight, _ in moves]
        self.guardians += [self.client.ready(*KINDS) for _ in range(3)]
        for guardian in self.guardians:
            case = self.client.waiting(*self.chance.sample(KINDS, 2))
            self.cases.append(case)
            self.matches.append(self.client.in_care(case, guardian))
        self.a_family_asks()
        for _, move in self.chance.choices(moves, weights, k=steps):
            move()

    def case(self, case: str, who: Principal = HQ) -> Any:
        return self.client.get(who, f"/intake/cases/{case}")

    def match(self, match: str, who: Principal = HQ) -> Any:
        return self.client.get(who, f"/matching/matches/{match}")

    def guardian(self, guardian: str) -> Any:
        return self.client.get(FEDERAL, f"/matching/guardians/{guardian}")

    def coordinator_of(self, case: str) -> Principal:
        """Who has the case, or somebody who may take it."""
        taken_by = self.case(case)["taken_by"]
        colleagues = {HQ.id: HQ, COLLEAGUE.id: COLLEAGUE}
        return colleagues.get(taken_by) or self.chance.choice((HQ, COLLEAGUE))

    def time_passes(self, *hours: float) -> None:
        """Often a day or less, at times more than a week."""
        self.now += timedelta(hours=self.chance.choice(hours or (0.3, 3, 5, 20, 24, 48, 220)))
        self.client.world.advance(self.now)

    # the way to help ----------------------------------------------------------------------

    def a_family_asks(self) -> None:
        phones = [self.client.phone(), "+79260000001"]
        programmes = ("service_member_care",) * 8 + ("family_care",)
        kinds = self.chance.sample(KINDS, self.chance.randint(1, 3))
        case = self.client.do(
            OPERATOR,
            "/intake/requests",
            {
                "region": "ZR",
                "programme": self.chance.choice(programmes),
                "district_id": self.chance.choices(("D01", "D02"), (6, 1))[0],
                "initiated_by": "self",
                "applicant_relation": "parent",
                "needs": [{"category": each} for each in kinds],
                "contact": {
                    "name": "Мария",
                    "channel": "sms",
                    "phone": self.chance.choices(phones, (3, 1))[0],
                },
                "consents": {
                    "processing": True,
                    "share_need_categories": self.chance.random() < 0.9,
                    "contact": self.chance.random() < 0.9,
                },
            },
        )
        self.requests.append(case["id"])
        self.cases += {case["case_id"]} - {None, *self.cases}

    def a_case_comes_to_care(self) -> None:
        case = self.chance.choice(self.cases[-6:])
        who, path = self.coordinator_of(case), f"/intake/cases/{case}"
        self.client.do(who, f"{path}/take")
        needs = [need["need_id"] for need in self.case(case)["needs"] if need["status"] == "open"]
        self.client.do(who, f"{path}/needs", {"confirm": needs})
        marker = {"long_term_need": True, "reason": "illness"}
        self.client.do(who, f"{path}/care-requirement", marker)

    def a_guardian_is_proposed(self) -> None:
        waiting = self.client.get(HQ, "/matching/families", region="ZR")["items"]
        if not waiting:
            return
        case = self.chance.choice(waiting)["case_id"]
        suited = self.client.get(HQ, f"/matching/families/{case}/candidates")["candidates"]
        if suited:
            body = {"case_id": case, "guardian_id": self.chance.choice(suited)["guardian_id"]}
            self.matches += self.client.do(HQ, "/matching/matches", body).get("id", "").split()

    def a_round_is_held(self) -> None:
        held = self.client.do(HQ, "/matching/rounds", {"region": "ZR"}).get("id")
        self.client.do(HQ, f"/matching/rounds/{held}/commit", {})
        for match in self.client.get(HQ, "/matching/matches", region="ZR")["items"]:
            self.matches += {match["match_id"]} - {*self.matches}

    def a_match_goes_well(self) -> None:
        seen = self._some_match("proposed", "introduced", "agreed", "active")
        if seen is None:
            return
        match = seen["match_id"]
        if seen["status"] == "proposed":
            self.client.introduced(match)
        if seen["status"] == "introduced":
            self.client.drafted(match)
            self.client.signed(match)
        if seen["status"] in ("agreed", "active") and seen["agreement"]:
            self.client.helped(match)

    # anything that is offered -------------------------------------------------------------

    def a_case_goes_on(self) -> None:
        case = self.chance.choice(self.cases[-10:])
        who, path = self.coordinator_of(case), f"/intake/cases/{case}"
        seen = self.case(case, who)
        step = self._offered(seen["next_steps"])
        self._take(step, path, case_steps(seen, self.chance), who)

    def a_match_goes_on(self) -> None:
        statuses = ("ending", "ended") if self.chance.random() < 0.3 else ("proposed", "active")
        seen = self._some_match("introduced", "agreed", *statuses)
        if seen is None:
            return
        match, path = seen["match_id"], f"/matching/matches/{seen['match_id']}"
        guardian, family = rep(seen["guardian_id"]), self.client.family_token(seen["case_id"])
        step = self._offered(seen["next_steps"] + self.match(match, guardian)["next_steps"])
        said = match_steps(seen, f"{self.client.today()}", self.client.moment())
        self._take(step, path, said, HQ, HQ, guardian, family)

    def a_family_changes(self) -> None:
        case = self.chance.choice(self.cases)
        other = self.client.family(self.chance.choice(self.cases))
        shared = {"purpose": "share_need_categories", "given": self.chance.random() < 0.6}
        contact = {"name": "Анна", "channel": "sms", "phone": self.client.phone()}
        joined = {"family_id": other}
        said: Said = {
            "consent": (
                "consents",
                (EVIDENCE | shared, EVIDENCE | shared | {"purpose": "contact"}),
            ),
            "contact": ("contact", (EVIDENCE | {"contact": contact},)),
            "merge": ("merge", (joined | {"reason": "same_people"},)),
            "separate": ("merge/undo", (joined | {"reason": "merged_by_mistake"},)),
            "erase": ("erase", ({"reason": "person_asked", "evidence": "written"},)),
        }
        step = self.chance.choices(tuple(said), (4, 2, 3, 2, 1))[0]
        self._take(step, f"/intake/families/{self.client.family(case)}", said, HQ)

    def a_request_changes(self) -> None:
        more = [{"category": self.chance.choice(KINDS)}]
        said: Said = {
            "add": ("additions", ({"text": "Ещё", "needs": more},)),
            "disown": ("disown", (None,)),
            "end": ("end", ({"reason": "information_given"},)),
        }
        request = self.chance.choice(self.requests)
        answer = self._take(
            self.chance.choice(tuple(said)), f"/intake/requests/{request}", said, OPERATOR
        )
        self.cases += {answer.get("case_id")} - {None, *self.cases}

    def a_guardian_changes(self) -> None:
        guardian = self.chance.choice(self.guardians)
        pause = {"reason": "holidays", "keep_families": True}
        failed = {
            "code": "reputation",
            "passed": self.chance.random() < 0.6,
            "checked_on": f"{self.client.today()}",
            "evidence_ref": "R-1",
        }
        said: Said = {
            "pause": ("pause", (pause,)),
            "resume": ("resume", (None,)),
            "check": ("checks", (failed,)),
            "assign": ("assignment", ({"region": "YY"}, {"region": "ZR"})),
        }
        step = self.chance.choices(tuple(said), (3, 6, 2, 1))[0]
        who = FEDERAL if step in ("check", "assign") else HQ
        self._take(step, f"/matching/guardians/{guardian}", said, who)

    def _some_match(self, *statuses: str) -> Any:
        """Return one of the latest matches that has such a status, if any has."""
        seen = [self.match(each) for each in self.matches[-8:]]
        found = [each for each in seen if each["status"] in statuses]
        return self.chance.choice(found) if found else None

    def _offered(self, steps: list[str]) -> str:
        weights = [1 if each in RARE else 6 for each in steps]
        return self.chance.choices(steps, weights)[0] if steps else "none"

    def _take(self, step: str, path: str, said: Said, *callers: Principal) -> Any:
        if step not in said:
            return {}
        routes, bodies = said[step]
        route = routes if isinstance(routes, str) else self.chance.choice(routes)
        who, body = self.chance.choice(callers), self.chance.choice(bodies or ({},))
        return self.client.do(who, f"{path}/{route}", body)
