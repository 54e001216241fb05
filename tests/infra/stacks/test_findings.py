"""The stacks are what the linter and the design want, as they are really deployed."""

import json
import subprocess
from graphlib import CycleError
from pathlib import Path
from typing import Any

import pytest

from infra.deployment.deployer import output_name, waves
from infra.deployment.stage_facts import NEEDED
from infra.packaging.layer import RESOURCES
from infra.services import INFRA, ROOT, app_folders
from tests.infra.stack_reader import Stacks

# Findings that stay, each with its reason; any other one fails the build.
EXPLAINED = {
    "WS1000": "no tracer by default: a line per invocation carries the correlation id",
    "WS2002": "no tracer by default: a line per invocation carries the correlation id",
    "ES6000": "the queue without a redrive is itself the dead-letter queue",
    "ES4000": "a minute's sweep that is lost is repeated whole by the next minute's",
    "ES1007": "a minute's sweep that is lost is repeated whole by the next minute's",
    "ES1001": "a queue has dead letters; what the stream gives up on, the sweeper publishes",
    "W2001": "SAM has written the value of a parameter in where it was named",
    "W3660": "answers of the gateway beside the body are for the local platform only",
    "ES7000": "mail to a person on duty cannot be sent again by a machine",
}


def test_every_stack_of_the_design_is_built(stacks: Stacks) -> None:
    assert set(stacks) == {"platform", *app_folders()}


def _without_paths(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    return {key: {} if key == "paths" else _without_paths(each) for key, each in part.items()}


def test_every_finding_of_the_linter_is_explained(stacks: Stacks, tmp_path: Path) -> None:
    run = [str(ROOT / ".venv" / "bin" / "cfn-lint"), "-a", "cfn_lint_serverless.rules"]
    for name, stack in stacks.items():
        # The linter reads no paths of an API, and takes three seconds to load them.
        text = json.dumps(_without_paths(stack.template), indent=1)
        (tmp_path / f"{name}.json").write_text(text, "utf-8")
    paths = [str(tmp_path / f"{name}.json") for name in stacks]
    paths.append(str(INFRA / "account.yaml"))
    done = subprocess.run([*run, "-f", "json", "-t", *paths], capture_output=True, text=True)
    found = json.loads(done.stdout or "[]")
    unexplained = [
        f"{Path(each['Filename']).name}: {each['Rule']['Id']} {each['Message']}"
        for each in found
        if each["Rule"]["Id"] not in EXPLAINED
    ]
    assert unexplained == []
    assert {each["Rule"]["Id"] for each in found} == set(EXPLAINED), "an excuse nobody needs"


def test_every_parameter_is_known_before_its_stack_is_deployed(stacks: Stacks) -> None:
    known = {"Stage", "CodeBucket", "CodeKey", "RootKey", *NEEDED}
    known |= {f"{layer}{fact}" for layer in RESOURCES.values() for fact in ("Key", "Hash")}
    known |= set(stacks["platform"].template["Outputs"]) | {"PeopleKeyArn"}
    for wave in waves({name: stack.template for name, stack in stacks.items()}):
        for name in wave:
            asked = stacks[name].template["Parameters"]
            assert {each for each, facts in asked.items() if "Default" not in facts} <= known
            assert "PeopleKeyArn" not in asked or f"{name.capitalize()}PeopleKeyArn" in known
        for name in wave:
            outputs = stacks[name].template.get("Outputs", {})
            known |= {output_name(name, output) for output in outputs}


def test_stacks_go_in_the_order_of_what_they_ask_of_each_other(stacks: Stacks) -> None:
    found = list(waves({name: stack.template for name, stack in stacks.items()}))
    assert found[0] == ("platform",)
    place = {name: number for number, wave in enumerate(found) for name in wave}
    assert place.keys() == stacks.keys()
    assert place["till"] > place["cards"]
    assert place["notifications"] > max(place["intake"], place["matching"], place["cards"])


def test_stacks_that_ask_each_other_for_outputs_are_refused() -> None:
    output = {"Arn": {"Value": "x"}}
    one = {"Parameters": {"TwoArn": {}}, "Outputs": output}
    two = {"Parameters": {"OneArn": {}}, "Outputs": output}
    with pytest.raises(CycleError):
        list(waves({"one": one, "two": two}))


def test_nothing_of_the_whole_account_lies_in_a_stages_stack(stacks: Stacks) -> None:
    for stack in stacks.values():
        assert not stack.of_type("AWS::ApiGateway::Account"), stack.name
