"""What is deployed starts from what it brings along, compiles nothing, and answers."""

import json
import shutil
import site
from pathlib import Path
from typing import Any

import pytest

from bench import aws_stub, till
from infra.package import Package
from infra.packaging.layer import COMMON, Layer
from tests.infra.bare_python import BASE, RUNTIME_HAS, STACKS, run, unpacked
from tests.infra.stack_reader import Stack
from tests.shared.test_cold_imports import HEAVY
from tests.support.api import REQUEST_ID
from tools.event_samples import SAMPLES

IMPORT = """
import importlib, importlib._bootstrap_external as loading, json, sys
own, runtime, handlers = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3:]
compiled, compile_it = [], loading.SourceLoader.source_to_code
def told(self, data, path, **more):
    compiled.append(str(path))
    return compile_it(self, data, path, **more)
loading.SourceLoader.source_to_code = told
sys.path[:0] = own
sys.path.append(runtime)
for handler in handlers:
    module, _, name = handler.rpartition(".")
    made = importlib.import_module(module)
    assert callable(getattr(made, name)), handler
    if hasattr(made, "PARTS"):
        made.PARTS.all("routes"), made.PARTS.all("reactions")
print(json.dumps([path for path in compiled if not path.startswith(runtime)]))
"""


COLD = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
import app
said = json.loads(sys.argv[2])
if "requestContext" in said:
    answer = app.app(said, None)
    assert answer["statusCode"] == 401, answer
elif said:
    app.SUBSCRIPTIONS.reactions_to(app.SUBSCRIPTIONS.event(said).event)
print(json.dumps(sorted(sys.modules)))
"""
CHECK = """
import json, sys, zoneinfo
zoneinfo.reset_tzpath(to=[])
sys.path[:0] = sys.argv[2:]
from app import app
answer = app(json.loads(sys.argv[1]), None)
assert '"valid":true' in answer["body"], answer
"""
SOLVE = """
import json
from services.matching.assignment import problem, solver
question = problem.Problem(
    places=[2],
    room=[{"food_aid": 1, "repair_work": None}],
    shares=[{"food_aid": 3, "repair_work": 3}] * 2,
    choices=[1, 1],
    guardians=problem.packed([0, 0]),
    worths=problem.packed([7, 7]),
)
print(json.dumps(solver.handler(json.loads(question.model_dump_json()), None)))
"""


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the libraries that Lambda's runtime has."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in RUNTIME_HAS:
        (folder / name).symlink_to(Path(site.getsitepackages()[0]) / name)
    return folder


@pytest.fixture(scope="module")
def runtime_of_stage(
    for_aws: Package, runtime: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Those libraries with bytecode of a stage's Python: botocore is not compiled at each start."""
    folder = tmp_path_factory.mktemp("stage") / "runtime"
    shutil.copytree(runtime, folder, ignore=shutil.ignore_patterns("data", "__pycache__"))
    for_aws.runtime.compile(folder, str(folder))
    return folder


@pytest.mark.parametrize("name", STACKS)
def test_every_handler_starts_from_its_zip_and_layers_and_compiles_nothing(
    packaged: Package, stacks: dict[str, Stack], runtime: Path, tmp_path: Path, name: str
) -> None:
    assert _compiled(packaged, stacks[name], runtime, tmp_path) == []


# A list that is asked for without a token.
LIST = {
    "requestContext": {
        "httpMethod": "GET",
        "resourcePath": "/v1/requests",
        "requestId": REQUEST_ID,
    },
    "headers": {},
    "multiValueQueryStringParameters": None,
    "pathParameters": None,
    "stageVariables": None,
    "body": None,
    "isBase64Encoded": False,
}


@pytest.mark.parametrize(
    ("service", "said", "most"),
    [
        ("intake", {}, 0),
        ("intake", LIST, 50),
        ("matching", json.loads((SAMPLES / "intake.CareRequired.v1.json").read_text("utf-8")), 10),
    ],
    ids=["nothing", "a list", "an event"],
)
def test_a_cold_function_imports_no_more_than_its_path_or_event_needs(
    packaged: Package, runtime: Path, tmp_path: Path, service: str, said: dict[str, Any], most: int
) -> None:
    """Held by a count: `make bench` measures what it costs."""
    task = unpacked(packaged, service, tmp_path / "task")
    paths = json.dumps([str(task), str(packaged.layers[COMMON].libraries), str(runtime)])
    loaded = json.loads(run(BASE, COLD, paths, json.dumps(said))[-1])
    assert len([name for name in loaded if name.count(".") > 2 and service in name]) <= most
    assert {*loaded} & {*HEAVY} == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", STACKS)
def test_so_it_does_on_the_runtime_of_a_stage(
    for_aws: Package, stacks: dict[str, Stack], runtime_of_stage: Path, tmp_path: Path, name: str
) -> None:
    assert _compiled(for_aws, stacks[name], runtime_of_stage, tmp_path) == []


def _compiled(made: Package, stack: Stack, runtime: Path, tmp_path: Path) -> list[str]:
    """What is compiled when each handler is imported with its own layers and no other."""
    task = unpacked(made, stack.name, tmp_path / "task")
    by_layers: dict[tuple[str, ...], list[str]] = {}
    for function in stack.functions().values():
        by_layers.setdefault(tuple(stack.layers(function)), []).append(function["Handler"])
    python = BASE if made.runtime.local else made.runtime.interpreter
    assert python is not None
    found: list[str] = []
    for resources, handlers in by_layers.items():
        own = [str(task), *(str(_layer(made, resource).libraries) for resource in resources)]
        said = run(python, IMPORT, json.dumps(own), str(runtime), *sorted(handlers))
        found += json.loads(said[-1])
    return found


def _layer(made: Package, resource: str) -> Layer:
    return next(each for each in made.layers.values() if each.resource == resource)


def test_the_solver_solves_and_says_nothing_but_its_own_lines(
    packaged: Package, runtime: Path, tmp_path: Path
) -> None:
    task = unpacked(packaged, "matching", tmp_path / "task")
    layers = [packaged.layers[each].libraries for each in (COMMON, "assignment")]
    own = [str(path) for path in (task, *layers, runtime)]
    lines = run(BASE, f"import sys; sys.path[:0] = {own!r}\n{SOLVE}")
    *told, answer = [json.loads(line) for line in lines]
    assert told
    assert (answer["method"], answer["guardians"]) == ("program", [0, 0])


def test_the_till_answers_where_the_system_has_no_time_zones(
    packaged: Package, runtime: Path, tmp_path: Path
) -> None:
    task = unpacked(packaged, "till", tmp_path / "task")
    with till.answering() as where:
        event = json.dumps(till.event(till.turning(), "no-zones"))
        paths = [str(task), str(packaged.layers[COMMON].libraries), str(runtime)]
        run(BASE, CHECK, event, *paths, env=aws_stub.environment(where, "cards"))
