"""What is deployed starts from what it brings along, compiles nothing, and fits."""

import json
import shutil
import site
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bench import aws_stub, till
from infra.import_closure import libraries
from infra.layer import COMMON, RESOURCES, Layer, installation, pins, uv
from infra.layer import build as build_layer
from infra.package import Package, package
from infra.reproducible_zip import CannotPackage, unpacked_size
from infra.runtime import DEFAULT, STAGES_MAY_HAVE, of_stage
from infra.services import ROOT, app_folders
from tests.infra.stack_reader import Stack
from tests.shared.test_cold_imports import HEAVY
from tests.support.api import REQUEST_ID
from tools.event_samples import SAMPLES

# What Lambda's own runtime has, and nothing else of this environment.
RUNTIME_HAS = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
LIMIT = 250 * 1024 * 1024
# The Python that an environment was made with, without what is installed in it.
BASE: str = vars(sys)["_base_executable"]

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

# What each group is there for, and that it came without what it does not need.
USE = {
    "printing": """
import io
from reportlab.pdfgen.canvas import Canvas
from reportlab.lib.utils import ImageReader
from PIL import Image
page = Canvas(drawn := io.BytesIO())
page.drawImage(ImageReader(Image.new("RGB", (2, 2))), 0, 0)
page.save()
assert drawn.getvalue().startswith(b"%PDF")
""",
    "wording": """
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pytrovich.detector import PetrovichGenderDetector
assert ImmutableSandboxedEnvironment().from_string("{{ a }}").render(a=7) == "7"
assert PetrovichGenderDetector().detect(firstname="Анна").name == "FEMALE"
""",
    "assignment": """
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from ortools.math_opt.python import mathopt
flow = SimpleMinCostFlow()
flow.add_arcs_with_capacity_and_unit_cost([0], [1], [1], [7])
flow.set_nodes_supplies([0, 1], [1, -1])
assert flow.solve() == flow.OPTIMAL and flow.optimal_cost() == 7
model = mathopt.Model()
model.maximize(7 * model.add_binary_variable())
assert round(mathopt.solve(model, mathopt.SolverType.HIGHS).objective_value()) == 7
assert "pandas" not in sys.modules
try:
    import pandas
except ImportError:
    pass
else:
    raise AssertionError("pandas is in the layer")
""",
}

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
def for_aws() -> Package:
    """Every stack for the runtime that stages have, where this machine has that Python."""
    wanted = of_stage(DEFAULT)
    if wanted.interpreter is None:
        pytest.skip(f"there is no {DEFAULT} on this machine")
    return package(runtime=wanted)


@pytest.fixture(scope="module")
def runtime_of_stage(
    for_aws: Package, runtime: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Those libraries with bytecode of a stage's Python: botocore is not compiled at each start."""
    folder = tmp_path_factory.mktemp("stage") / "runtime"
    shutil.copytree(runtime, folder, ignore=shutil.ignore_patterns("data", "__pycache__"))
    for_aws.runtime.compile(folder, str(folder))
    return folder


def _unpacked(made: Package, name: str, folder: Path) -> Path:
    """A stack's code as Lambda mounts it: read-only."""
    (code,) = [stack.code for stack in made.stacks if stack.name == name]
    with zipfile.ZipFile(code) as archive:
        archive.extractall(folder)
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return folder


def _run(
    python: str, code: str, *arguments: str, env: Mapping[str, str] | None = None
) -> list[str]:
    """What a program says that nothing of this environment helps."""
    command = [python, "-I", "-S", "-B", "-c", code, *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


STACKS = ["platform", *app_folders()]


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
    task = _unpacked(packaged, service, tmp_path / "task")
    paths = json.dumps([str(task), str(packaged.layers[COMMON].libraries), str(runtime)])
    loaded = json.loads(_run(BASE, COLD, paths, json.dumps(said))[-1])
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
    task = _unpacked(made, stack.name, tmp_path / "task")
    by_layers: dict[tuple[str, ...], list[str]] = {}
    for function in stack.functions().values():
        by_layers.setdefault(tuple(stack.layers(function)), []).append(function["Handler"])
    python = BASE if made.runtime.local else made.runtime.interpreter
    assert python is not None
    found: list[str] = []
    for resources, handlers in by_layers.items():
        own = [str(task), *(str(_layer(made, resource).libraries) for resource in resources)]
        said = _run(python, IMPORT, json.dumps(own), str(runtime), *sorted(handlers))
        found += json.loads(said[-1])
    return found


def _layer(made: Package, resource: str) -> Layer:
    return next(each for each in made.layers.values() if each.resource == resource)


def test_a_function_and_its_layers_are_smaller_than_lambda_allows(
    packaged: Package, stacks: dict[str, Stack]
) -> None:
    assert list(_too_big(packaged, stacks)) == []


@pytest.mark.slow
def test_so_they_are_on_the_runtime_of_a_stage(for_aws: Package, stacks: dict[str, Stack]) -> None:
    assert list(_too_big(for_aws, stacks)) == []


def _too_big(made: Package, stacks: dict[str, Stack]) -> Iterator[str]:
    """Functions over Lambda's limit, and layers that no function could have beside the common."""
    sizes = {layer.resource: layer.size for layer in made.layers.values()}
    largest = max(unpacked_size(built.code) for built in made.stacks)
    for built in made.stacks:
        stack = stacks[built.name]
        for name, function in stack.functions().items():
            layers = sum(sizes[resource] for resource in stack.layers(function))
            if unpacked_size(built.code) + layers > LIMIT:
                yield f"{built.name} {name}"
    common = sizes.pop(RESOURCES[COMMON])
    yield from (layer for layer, size in sizes.items() if largest + common + size > LIMIT)


def test_a_function_has_each_of_its_layers_once(stacks: dict[str, Stack]) -> None:
    for stack in stacks.values():
        for name, function in stack.functions().items():
            layers = stack.layers(function)
            assert len(layers) == len(set(layers)) <= 5, f"{stack.name} {name}: {layers}"


@pytest.mark.parametrize("name", STACKS)
def test_a_functions_code_imports_what_its_layers_hold_and_they_hold_no_more(
    packaged: Package, stacks: dict[str, Stack], name: str
) -> None:
    given: dict[str, set[str]] = {}
    for function in stacks[name].functions().values():
        module = _module(name, function["Handler"])
        given.setdefault(module, set()).update(stacks[name].layers(function))
    for module, layers in given.items():
        needed = _needed(packaged, module)
        assert needed <= layers, f"{module} lacks {needed - layers}"
        heavier = layers - needed - {RESOURCES[COMMON]}
        assert not heavier, f"{module} imports nothing of {heavier}"


def _module(stack: str, handler: str) -> str:
    """Where a function's code begins; chalice calls a service's own module `app`."""
    module = handler.rpartition(".")[0]
    return f"{app_folders()[stack].replace('/', '.')}.app" if module == "app" else module


def _needed(made: Package, module: str) -> set[str]:
    """The layers of what a module can import; a library that no layer holds by its own name."""
    owners = {
        library: layer.resource
        for layer in made.layers.values()
        for library in _importable(layer.libraries)
    }
    brought = {
        "chalice",
        "snapshot_restore_py",
        *(each.removesuffix(".py") for each in RUNTIME_HAS),
    }
    return {owners.get(each, each) for each in libraries([module], ROOT) - brought}


def _importable(folder: Path) -> set[str]:
    """The names under which the libraries of a folder are imported."""
    return {path.name.partition(".")[0] for path in folder.iterdir() if path.suffix != ".dist-info"}


@pytest.mark.parametrize("group", USE)
def test_a_layer_works_with_nothing_but_the_common_one(packaged: Package, group: str) -> None:
    _use(packaged, group, BASE)


@pytest.mark.slow
@pytest.mark.parametrize("group", USE)
def test_so_it_works_on_the_runtime_of_a_stage(for_aws: Package, group: str) -> None:
    assert for_aws.runtime.interpreter is not None
    _use(for_aws, group, for_aws.runtime.interpreter)


def _use(made: Package, group: str, python: str) -> None:
    held = [str(made.layers[each].libraries) for each in (COMMON, group)]
    _run(python, f"import sys; sys.path[:0] = {held!r}\n{USE[group]}")


def test_the_solver_solves_and_says_nothing_but_its_own_lines(
    packaged: Package, runtime: Path, tmp_path: Path
) -> None:
    task = _unpacked(packaged, "matching", tmp_path / "task")
    layers = [packaged.layers[each].libraries for each in (COMMON, "assignment")]
    own = [str(path) for path in (task, *layers, runtime)]
    lines = _run(BASE, f"import sys; sys.path[:0] = {own!r}\n{SOLVE}")
    *told, answer = [json.loads(line) for line in lines]
    assert told
    assert (answer["method"], answer["guardians"]) == ("program", [0, 0])


def test_every_layer_is_passed_on_and_outlives_the_stacks_that_still_use_it(
    stacks: dict[str, Stack],
) -> None:
    found = stacks["platform"].resources()
    layers = {k: v for k, v in found.items() if v["Type"] == "AWS::Lambda::LayerVersion"}
    assert set(layers) == set(RESOURCES.values())
    for name, layer in layers.items():
        assert layer["UpdateReplacePolicy"] == "Retain"
        assert layer["DeletionPolicy"].startswith("Retain")
        assert layer["Properties"]["Description"] == {"Fn::Sub": f"content ${{{name}Hash}}"}
        assert layer["Properties"]["Content"]["S3Key"] == {"Ref": f"{name}Key"}
        assert stacks["platform"].template["Outputs"][f"{name}Arn"]["Value"] == {"Ref": name}


def test_layers_that_are_unpacked_over_each_other_replace_nothing(packaged: Package) -> None:
    held: list[str] = []
    for layer in packaged.layers.values():
        files = (path for path in layer.libraries.rglob("*") if path.is_file())
        held += [path.relative_to(layer.libraries).as_posix() for path in files]
    assert len(held) == len(set(held))


@pytest.mark.slow
@pytest.mark.parametrize("name", STAGES_MAY_HAVE)
def test_every_layer_can_be_had_for_every_runtime_of_a_stage(tmp_path: Path, name: str) -> None:
    runtime = of_stage(name)
    try:
        others = [pin for group in RESOURCES if group != COMMON for pin in pins(group, runtime)]
        uv([*installation(COMMON, tmp_path, runtime), *others, "--dry-run"])
    except CannotPackage as refusal:
        if "error sending request" not in str(refusal):
            raise
        pytest.skip("the package registry cannot be reached")


@pytest.mark.slow
def test_a_layer_for_aws_holds_its_libraries_and_is_the_same_wherever_it_is_built(
    for_aws: Package, tmp_path: Path
) -> None:
    again = build_layer("wording", tmp_path, for_aws.runtime)
    assert again.hash == for_aws.layers["wording"].hash
    with zipfile.ZipFile(for_aws.layers["printing"].archive) as made:
        assert {"python/reportlab/__init__.py", "python/PIL/__init__.py"} <= set(made.namelist())


def test_the_till_answers_where_the_system_has_no_time_zones(
    packaged: Package, runtime: Path, tmp_path: Path
) -> None:
    task = _unpacked(packaged, "till", tmp_path / "task")
    with till.answering() as where:
        event = json.dumps(till.event(till.turning(), "no-zones"))
        paths = [str(task), str(packaged.layers[COMMON].libraries), str(runtime)]
        _run(BASE, CHECK, event, *paths, env=aws_stub.environment(where, "cards"))
