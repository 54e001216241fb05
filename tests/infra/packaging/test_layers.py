"""A function has the layers that its code needs; they fit, work and outlive its stack."""

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.package import Package
from infra.packaging.import_closure import OURS, closure
from infra.packaging.layer import COMMON, RESOURCES, installation, pins, uv
from infra.packaging.layer import build as build_layer
from infra.packaging.reproducible_zip import CannotPackage, unpacked_size
from infra.packaging.runtime import LOCAL, STAGES_MAY_HAVE, of_stage
from infra.services import ROOT, app_folders
from tests.infra.bare_python import BASE, RUNTIME_HAS, STACKS, run
from tests.infra.stack_reader import Stack

LIMIT = 250 * 1024 * 1024
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


# Functions of one module have its layers between them; which of them come to those imports no
# module says, and one without its layer fails at each of its tasks.
HEAVIER = {
    ("cards", "OnJobs"): ["PrintingLayer"],
    ("matching", "APIHandler"): ["PrintingLayer"],
    ("matching", "SolveAssignment"): ["AssignmentLayer"],
    ("notifications", "APIHandler"): ["WordingLayer"],
    ("notifications", "OnMessages"): ["WordingLayer"],
}


def test_each_function_has_the_common_layer_and_only_some_a_heavier_one(
    stacks: dict[str, Stack],
) -> None:
    found = {
        (stack.name, name): stack.layers(function)
        for stack in stacks.values()
        for name, function in stack.functions().items()
    }
    common = RESOURCES[COMMON]
    assert found == {each: [common, *HEAVIER.get(each, ())] for each in found}
    assert HEAVIER.keys() <= found.keys()


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
    named = {name.partition(".")[0] for each in closure([module], ROOT).values() for name in each}
    reached = named - sys.stdlib_module_names - {*OURS}
    return {owners.get(each, each) for each in reached - brought}


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
    run(python, f"import sys; sys.path[:0] = {held!r}\n{USE[group]}")


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
def test_a_checkout_that_was_moved_builds_its_local_layers_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each names the folder of its libraries, and no function found any at the old one."""
    monkeypatch.setattr(
        "infra.packaging.layer._install", lambda group, target, runtime: target.mkdir(parents=True)
    )
    before, after = tmp_path / "before", tmp_path / "after"
    build_layer(COMMON, before, LOCAL)
    before.rename(after)
    made = build_layer(COMMON, after, LOCAL)
    assert made == build_layer(COMMON, after, LOCAL)
    with zipfile.ZipFile(made.archive) as archive:
        (pointer,) = archive.namelist()
        assert repr(str(made.libraries)) in archive.read(pointer).decode()


def test_a_layer_for_aws_holds_its_libraries_and_is_the_same_wherever_it_is_built(
    for_aws: Package, tmp_path: Path
) -> None:
    again = build_layer("wording", tmp_path, for_aws.runtime)
    assert again.hash == for_aws.layers["wording"].hash
    with zipfile.ZipFile(for_aws.layers["printing"].archive) as made:
        assert {"python/reportlab/__init__.py", "python/PIL/__init__.py"} <= set(made.namelist())
