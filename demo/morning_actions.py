"""A coordinator's morning: hundreds of families wait, and each is to meet the right organisation.

Families and organisations are made here by the numbers of the story, the same at each run.
"""

from random import Random

from demo import guardian_steps
from demo.actions import CONSENTS
from demo.care_actions import introduction
from demo.data import REGION, Facts, home, label, texts
from demo.story_run import Action, Step, StoryRun, UnexpectedOutcome

INTAKE, MATCHING = "/intake/v1", "/matching/v1"
KINDS = (
    "household_help", "child_leisure", "animal_care", "repair_work", "food_aid", "material_aid",
)  # fmt: skip
PAGE, SHOWN, PARTS = 100, 3, 6
BY_PHONE = {"evidence": "phone_call"}


def guardians_are_ready(run: StoryRun, step: Step) -> None:
    """Organisations have been prepared, each for some kinds of help in some districts."""
    chance, districts = Random(step.more["many"]), sorted(home().districts)
    for number in range(step.more["many"]):
        name = f"GM-{number:02d}"
        own = districts[number % len(districts)]
        near = home().districts[own].neighbours
        facts = {
            "title": f"Добровольцы № {number + 1}",
            **registered(number),
            "legal_form": "socially_oriented_ngo",
            "team_kind": "foundation",
            "team_size": 10,
            # The first one can help the family that the story follows.
            "offers": sorted({*chance.sample(KINDS, 3), *KINDS[: number == 0]}),
            "district_ids": sorted({own, *chance.sample(sorted(near), 2)}),
            "families": chance.randint(4, 8),
            "person": "Вера",
            "phone": f"+7 900 700-{number // 100:02d}-{number % 100:02d}",
            "stage": "ready",
        }
        body = guardian_steps.application(facts)
        run.ids[name] = run.do("FH-1", f"{MATCHING}/guardians", body, name=name).id
        guardian_steps.reach_stage(run, name, facts)
        _count(run, number + 1, step.more["many"])
    run.client.settle()


def registered(number: int) -> Facts:
    """Numbers of an organisation with their control digits."""
    inn, ogrn = f"63100{number:04d}", f"10263{number:07d}"
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    control = sum(weight * int(digit) for weight, digit in zip(weights, inn, strict=True))
    return {"inn": f"{inn}{control % 11 % 10}", "ogrn": f"{ogrn}{int(ogrn) % 11 % 10}"}


def families_wait(run: StoryRun, step: Step) -> None:
    """Families have called, a coordinator has understood their needs and set the marker."""
    chance, districts = Random(step.more["many"]), sorted(home().districts)
    for number in range(1, step.more["many"] + 1):
        district = chance.choice(districts) if number > 1 else "D01"
        kinds = chance.sample(KINDS, chance.randint(1, 2)) if number > 1 else ["household_help"]
        _waits(run, f"M-{number:03d}", number, district, kinds)
        _count(run, number, step.more["many"])
    run.client.settle()


def _count(run: StoryRun, done: int, many: int) -> None:
    """Show a spectator how far it is: on a local platform this takes minutes."""
    if done % max(many // PARTS, 1) == 0:
        run.narrator.seen([texts()["morning"]["done"].format(done=done, many=many)])


def _waits(run: StoryRun, name: str, number: int, district: str, kinds: list[str]) -> None:
    phone = f"+7 900 800-{number // 100:02d}-{number % 100:02d}"
    body = {
        "region": REGION,
        "district_id": district,
        "initiated_by": "self",
        "applicant_relation": "parent",
        "needs": [{"category": kind} for kind in kinds],
        "contact": {"name": "Мария", "channel": "sms", "phone": phone},
        "consents": CONSENTS,
    }
    run.ids[name] = run.do("OP-1", f"{INTAKE}/requests", body, name=name).body["case_id"]
    path = f"{INTAKE}/cases/{run.ids[name]}"
    run.do("HQ-1", f"{path}/take", name=f"{name} take")
    needs = [need["need_id"] for need in run.get("HQ-1", path)["needs"]]
    run.do("HQ-1", f"{path}/needs", {"confirm": needs}, name=f"{name} needs")
    marker = {"long_term_need": True, "reason": "illness"}
    run.do("HQ-1", f"{path}/care-requirement", marker, name=f"{name} marker")


def looks_at_work(run: StoryRun, step: Step) -> None:
    """What is to be done today, and how much time is left."""
    counted = run.get(step.who, f"{MATCHING}/work-counts")
    words = texts()["morning"]
    lines = [words["counts"].format(**counted)]
    rows = run.get(step.who, f"{MATCHING}/work?limit={PAGE}")["items"]
    lines += [_work(row["work"], row["hours_left"]) for row in rows[:SHOWN]]
    run.narrator.seen(lines)
    step.expect(counted)


def _work(kind: str, hours: int) -> str:
    """One piece of work, and how much time there is."""
    # Hours are full ones: 0 is less than an hour to go, -1 less than an hour late.
    time = {0: "last_hour", -1: "just_late"}.get(hours, "late" if hours < 0 else "hours")
    left = texts()["morning"][time].format(hours=hours if hours > 0 else -hours - 1)
    return f"{label('match_work', kind)}: {left}"


def looks_at_queue(run: StoryRun, step: Step) -> None:
    """Those who wait, the longest first."""
    page = run.get(step.who, f"{MATCHING}/families?limit={SHOWN}")["items"]
    words = texts()["morning"]["waits"]
    run.narrator.seen(
        words.format(
            family=run.named(each["case_id"]),
            district=home().districts[each["district_id"]].name,
            needs=", ".join(label("aid_category", kind) for kind in each["categories"]),
            hours=each["waiting_hours"],
        )
        for each in page
    )


def asks_what_lacks(run: StoryRun, step: Step) -> None:
    """Where help is missing, and which one more organisation would help most families."""
    found = run.get(step.who, f"{MATCHING}/regions/{REGION}/shortage")
    words, names = texts()["morning"], home().districts
    lines = [
        words["missing"].format(
            district=names[each["district_id"]].name,
            need=label("aid_category", each["category"]),
            families=each["families"],
        )
        for each in found["missing"][:SHOWN]
    ]
    for each in found["one_more"][:1]:
        needs = ", ".join(label("aid_category", kind) for kind in each["categories"])
        district, more = names[each["district_id"]].name, each["more_families_helped"]
        lines.append(words["one_more"].format(district=district, needs=needs, families=more))
    run.narrator.seen(lines or [words["nothing_missing"]])


def tries(run: StoryRun, step: Step) -> None:
    """The whole region is assigned, and nothing is proposed by it."""
    run.ids["round"] = run.do(step.who, f"{MATCHING}/rounds", {"region": REGION}).id
    run.client.settle()
    found = _round(run, step, "ready")
    words = texts()["morning"]
    lines = [
        words["tried"].format(pairs=found["suggested"], without=len(found["without"])),
        words["proven" if found["gap"] else "best"].format(percent=f"{100 * found['gap']:.1f}"),
    ]
    lines += [
        words["pair"].format(
            family=run.named(each["case_id"]),
            guardian=run.named(each["guardian_id"]),
            percent=round(100 * each["coverage"]),
        )
        for each in found["pairs"][:SHOWN]
    ]
    run.narrator.seen(lines)
    if run.get(step.who, f"{MATCHING}/matches")["items"]:
        raise UnexpectedOutcome(f"{step.at}: something was proposed by a trial")


def commits(run: StoryRun, step: Step) -> None:
    """All pairs are proposed but one, which the coordinator wants to speak about first."""
    path = f"{MATCHING}/rounds/{run.ids['round']}"
    cases = [each["case_id"] for each in run.get(step.who, path)["pairs"]]
    # Pairs are in no order that a story could know.
    spared = next(case for case in cases if case != run.ids[step.of])
    body = {"leave_out": [spared], "override_reason": "best_available"}
    run.do(step.who, f"{path}/commit", body)
    run.client.settle()
    found = _round(run, step, "done")
    for pair in found["pairs"]:
        if pair["match_id"] is not None:
            run.matches[run.named(pair["case_id"])] = pair["match_id"]
            run.guardians[pair["match_id"]] = pair["guardian_id"]
    run.narrator.seen([texts()["morning"]["proposed"].format_map(found)])


def _round(run: StoryRun, step: Step, status: str) -> Facts:
    """The round, which must have come so far."""
    found: Facts = run.get(step.who, f"{MATCHING}/rounds/{run.ids['round']}")
    if found["status"] != status:
        raise UnexpectedOutcome(f"{step.at}: the round is {found['status']}, not {status}")
    return found


def introduces_all(run: StoryRun, step: Step) -> None:
    """Colleagues bring families and organisations together, all but the first on the list."""
    rows: list[Facts] = []
    page: Facts = {"next_cursor": ""}
    while page["next_cursor"] is not None:
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else ""
        path = f"{MATCHING}/work?stage=proposed&limit={PAGE}{cursor}"
        page = run.get(step.who, path)
        rows += page["items"]
    met = introduction(run, step)
    for number, row in enumerate(rows[1:], 1):
        run.do(step.who, f"{MATCHING}/matches/{row['match_id']}/introduction", met)
        _count(run, number, len(rows))
    run.narrator.seen([texts()["morning"]["met"].format(many=len(rows) - 1)])


def has_proposal(run: StoryRun, step: Step) -> bool:
    """Whether the family has been proposed an organisation."""
    return step.of in run.matches


def declines_by_phone(run: StoryRun, step: Step) -> None:
    """An organisation calls that it cannot; the coordinator writes it down for it."""
    path = f"{MATCHING}/matches/{run.matches[step.of]}/decline"
    run.do(step.who, path, {"by": "guardian", "reason": step.more["reason"], **BY_PHONE})


def looks_at_figures(run: StoryRun, step: Step) -> None:
    """The region in numbers."""
    found = run.get(step.who, f"{MATCHING}/regions/{REGION}/figures")
    in_time = found["introductions_in_time"]
    words = texts()["morning"]["figures"]
    run.narrator.seen([words.format(proposals=found["proposals"], **in_time)])


ACTIONS: dict[str, Action] = {
    each.__name__: each
    for each in (
        guardians_are_ready,
        families_wait,
        looks_at_work,
        looks_at_queue,
        asks_what_lacks,
        tries,
        commits,
        introduces_all,
        has_proposal,
        declines_by_phone,
        looks_at_figures,
    )
}
