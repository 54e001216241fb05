"""What a view offers to each caller is what that caller can do: every step is tried, none stays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.api import Answer, Api
from tests.support.world import World


@dataclass
class Trial:
    """One thing: where it is seen, and how each of its steps is taken.

    `said` gives of a step where it is posted (or to which parts of the thing), and what may be
    said: one of the bodies is enough. What is put is sent to the version that is seen. `idle` steps
    succeed without effect, too. No view offers what is done `beside` the steps of its state.
    What is `silent` offers steps in refusals alone: no view of it names any. Those by its state,
    under a code such as `card_{status}`, name all that succeed of the `stated` ones. What is
    `elsewhere` may be offered, and is not tried here.
    """

    world: World
    path: str
    said: Mapping[str, tuple[str | tuple[str, ...], tuple[Any, ...]]]
    listed: tuple[str, Mapping[str, Any], str] | None = None
    idle: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    silent: bool = False
    stated: tuple[str, frozenset[str]] = ("", frozenset())
    elsewhere: frozenset[str] = frozenset()
    keys: int = field(default=0, init=False)

    def check(self, *callers: Api) -> int:
        """Compare what each caller is offered with what succeeds; return who sees the thing."""
        return sum(self._checked(api) for api in callers)

    def _checked(self, api: Api) -> bool:
        seen = api.get(self.path)
        if seen.status != 200:
            assert seen.status in (403, 404), seen.text
            return False
        who = api.principal and (api.principal.id, api.principal.role)
        assert ("next_steps" in seen.json) is not self.silent
        offered = {*seen.json.get("next_steps", ())} - self.elsewhere
        assert offered <= {*self.said}, "a step that this test does not try"
        answers = {step: self._tried(api, step, seen.json["version"]) for step in self.said}
        done = {step for step, tried in answers.items() if any(each.status < 300 for each in tried)}
        unsaid = set() if self.silent else done - offered - self.idle - self.beside
        wrong = unsaid | (offered - done)
        assert not wrong, (who, wrong, [_short(each) for step in wrong for each in answers[step]])
        for step, tried in answers.items():
            for each in tried:
                assert self._instead(each) <= done, (who, step, _short(each), done)
        code, stated = self.stated
        for each in (each for tried in answers.values() for each in tried if each.status == 409):
            if code and each.code == code.format(status=seen.json["status"]):
                assert self._instead(each) == done & stated, (who, _short(each), done)
        self._check_list(api, offered)
        return True

    def _tried(self, api: Api, step: str, version: int) -> list[Answer]:
        paths, bodies = self.said[step]
        paths = (paths,) if isinstance(paths, str) else paths
        return [self._answer(api, path, body, version) for path in paths for body in bodies]

    def _answer(self, api: Api, path: str, body: Any, version: int) -> Answer:
        kept = self.world.dynamodb.snapshot()
        self.keys += 1
        method, _, path = path.rpartition(" ")
        if method:
            answer = api.call(method, path, body, key=f"try-{self.keys}", if_match=version)
        else:
            answer = api.post(path, body, key=f"try-{self.keys}")
        self.world.dynamodb.restore(kept)
        assert answer.status in (200, 201, 403, 404, 409, 422), (path, answer.text)
        return answer

    def _instead(self, answer: Answer) -> set[str]:
        """What a refusal offers instead; what it names of another thing is looked for elsewhere."""
        if answer.status != 409:
            return set()
        return {step["action"] for step in answer.json.get("next_steps", ())} & {*self.said}

    def _check_list(self, api: Api, offered: Iterable[str]) -> None:
        """What a row of a list offers is what the view offers."""
        if self.listed is None:
            return
        path, query, name = self.listed
        found = api.get(path, query=query)
        if found.status != 200:
            return
        own = self.path.rsplit("/", 1)[1]
        for row in found.json["items"]:
            if row[name] == own:
                assert {*row["next_steps"]} - self.elsewhere == {*offered}, (api.principal, row)


def _short(answer: Answer) -> Any:
    """What an answer says of itself, short enough to be read in a failure."""
    said = answer.json
    return {name: said[name] for name in ("status", "code", "errors", "next_steps") if name in said}
