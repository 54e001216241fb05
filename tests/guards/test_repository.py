"""What may and must be in the repository: no address of some machine, a map without holes."""

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.guards.code import ROOT, SERVICES, modules
from tools import event_catalogue, event_docs, trace

# Pages that were beside the repository when it was written.
BESIDE = ("anchors", "design", "house", "reliability", "requirements")
# Written in parts, so that this file does not find itself; each begins with a letter or sign of its
# own, which makes a search of everything short.
FOREIGN = [
    re.compile(pattern)
    for pattern in (
        "py" + r"pi\.org",
        "files" + r"\.pythonhosted",
        "registry" + r"\.npmjs",
        r"-(?i:(?<=index-)url|(?<=trusted-)host|(?<=find-)links)[ =]",
        r"/(?<![\w.:$}]/)(work|root|home|Users)/\w",
        "/opt/" + r"(pypi|wheels)",
        *(rf"{page}(?<!\w{page})(?:\.md\b|,? \d)" for page in BESIDE),
    )
]
MARK = "pytest.mark.requirement"
LINK = re.compile(r"\]\(([^)\s]+)\)")
# X and STAGE stand for any.
TOPS = "bench|clients|demo|docs|infra|services|shared|tests|tools"
PLACE = re.compile(rf"`((?:{TOPS})(?:/(?!(?:X|STAGE)(?![a-z]))[\w.-]+)+/?)`")
# Services that do not exist yet and whose events others listen to already.
COMING = frozenset({"community", "consultations", "plans"})
# Packages whose modules have another name, and those that nothing imports: commands and data.
IMPORTED_AS = {
    "phonenumberslite": "phonenumbers", "pillow": "PIL", "pyjwt": "jwt", "pytest-xdist": "xdist",
    "python-stdnum": "stdnum", "python-ulid": "ulid", "pyyaml": "yaml",
}  # fmt: skip
NOT_IMPORTED = frozenset({"cfn-lint", "cfn-lint-serverless", "mypy", "ruff", "tzdata", "uv"})
CODE = ("services", "shared", "infra", "tools", "bench", "demo", "tests")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def tracked() -> list[Path]:
    """Files that are, or would be, committed."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no clone of git: what is committed cannot be told from the rest")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in told.splitlines() if (ROOT / line).is_file()]


def foreign_addresses(files: Iterable[Path]) -> Iterator[str]:
    """Places that name an index host, a path of somebody's machine or a page that is not here."""
    for path in files:
        text = path.read_bytes().decode("utf-8", "replace")
        for found in (each for pattern in FOREIGN for each in pattern.finditer(text)):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{path.name}:{line} {found[0]}"


def dead_links(pages: Iterable[Path]) -> Iterator[str]:
    """Relative links of Markdown pages that lead nowhere, or to no heading; paths that are not."""
    for page in pages:
        text = page.read_text(encoding="utf-8")
        yield from (f"{page.name}: {it}" for it in PLACE.findall(text) if not (ROOT / it).exists())
        for target in LINK.findall(text):
            place, _, heading = target.partition("#")
            there = page.parent / place if place else page
            if "://" in target or (there.exists() and not heading):
                continue
            if there.suffix != ".md" or not there.exists() or heading not in headings(there):
                yield f"{page.name}: {target}"


def headings(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    text = LINK.sub("]", page.read_text(encoding="utf-8"))
    found = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in found}


def dependencies(pyproject: str) -> list[Requirement]:
    """What is asked for, in all groups."""
    project = tomllib.loads(pyproject)["project"]
    extras = project.get("optional-dependencies", {}).values()
    return [Requirement(each) for group in (project["dependencies"], *extras) for each in group]


def unused(pyproject: str, code: str) -> Iterator[str]:
    """Dependencies that no module imports."""
    for name in (canonicalize_name(each.name) for each in dependencies(pyproject)):
        module = IMPORTED_AS.get(name, name.replace("-", "_"))
        imported = f"import {module}" in code or f"from {module}" in code
        if not imported and name not in NOT_IMPORTED:
            yield name


def unpinned(pyproject: str, constraints: str) -> Iterator[str]:
    """Dependencies that some Python finds pinned not at all, twice, or outside of what is asked."""
    asked = dependencies(pyproject)
    lines = (line for line in constraints.splitlines() if line and not line.startswith("#"))
    pins = [Requirement(line) for line in lines]
    for requirement in asked:
        for python in PYTHONS:
            found = [pin.specifier for pin in pins if _pins(pin, requirement, python)]
            versions = [each.version for specifier in found for each in specifier]
            if len(versions) != 1 or not requirement.specifier.contains(versions[0]):
                yield f"{requirement} is pinned to {versions} on {python}"


def _pins(pin: Requirement, requirement: Requirement, python: str) -> bool:
    same = canonicalize_name(pin.name) == canonicalize_name(requirement.name)
    place = {"python_version": python, "python_full_version": f"{python}.0"}
    return same and (pin.marker is None or pin.marker.evaluate(place))


def unknown_marks(known: Iterable[str], sources: Iterable[tuple[str, int, str]]) -> Iterator[str]:
    """Marks on tests that name no row of the catalogue."""
    rows = set(known)
    for path, line, identifier in sources:
        if identifier not in rows:
            yield f"{path}:{line} {identifier}"


def marks() -> Iterator[tuple[str, int, str]]:
    """Every `requirement` mark in the tests."""
    for module in modules("tests"):
        for called, call in module.calls if MARK in module.text else ():
            if called == MARK:
                for argument in call.args:
                    yield module.path, call.lineno, str(getattr(argument, "value", "?"))


def test_no_file_names_an_index_host_or_somebodys_machine() -> None:
    assert list(foreign_addresses(tracked())) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index" + "-url https://example.org/simple",
        "see /" + "work/main/README.md",
        "wheel = https://" + "files" + ".pythonhosted.org/a.whl",
        "cd /" + "home/anna/ryadom",
        "the states of requirements" + " 11.3",
    ],
)
def test_a_foreign_address_is_noticed(tmp_path: Path, line: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{line}\n", encoding="utf-8")

    assert len(list(foreign_addresses([page]))) == 1


def test_links_of_pages_lead_somewhere() -> None:
    pages = [path for path in tracked() if path.suffix == ".md"]

    assert list(dead_links(pages)) == []


def test_a_dead_link_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    links = "[there](page.md#the-top) [nowhere](docs/none.md) [no part](#end) `tests/no.py`"
    page.write_text(f"# The `top`\n{links}", encoding="utf-8")

    assert list(dead_links([page])) == [
        "page.md: tests/no.py", "page.md: docs/none.md", "page.md: #end"
    ]  # fmt: skip


def test_the_list_of_decisions_names_each_by_its_title() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text("utf-8")
    for page in folder.glob("0*.md"):
        number, title = page.read_text("utf-8").partition("\n")[0][2:].split(". ", 1)
        assert f"* [{int(number):04}]({page.name}) {title}\n" in listed


def test_the_map_of_infra_names_each_module_and_what_stacks_share() -> None:
    told = (ROOT / "infra" / "README.md").read_text(encoding="utf-8")
    files = {path.name for kind in ("*.py", "*.yaml") for path in (ROOT / "infra").rglob(kind)}

    shared = files - {"__init__.py", *(f"{service}.yaml" for service in SERVICES)}
    assert [name for name in sorted(shared) if name not in re.findall(r"[\w.]+", told)] == []


def test_every_dependency_is_pinned() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert list(unpinned(pyproject, (ROOT / "constraints.txt").read_text(encoding="utf-8"))) == []


def test_a_dependency_that_is_not_pinned_is_noticed() -> None:
    pyproject = """
        [project]
        dependencies = ["a>=2", "B_c"]
        [project.optional-dependencies]
        heavy = ["d>=1", "e>=2"]
    """
    constraints = """
# a comment
a==1.0
b-c==1
d==1 ; python_full_version < '3.14'
e==2 ; python_full_version < '3.12'
e==3 ; python_full_version >= '3.12'
"""

    assert list(unpinned(pyproject, constraints)) == [
        *(f"a>=2 is pinned to ['1.0'] on {python}" for python in PYTHONS),
        "d>=1 is pinned to [] on 3.14",
    ]


def test_every_dependency_is_used() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert list(unused(pyproject, "\n".join(each.text for each in modules(*CODE)))) == []


def test_a_dependency_that_nobody_imports_is_noticed() -> None:
    pyproject = '[project]\ndependencies = ["PyJWT>=2", "uv", "a-b"]'

    assert list(unused(pyproject, "from jwt import decode")) == ["a-b"]
    assert list(unused(pyproject, "import a_b")) == ["pyjwt"]


def test_every_mark_names_a_requirement() -> None:
    assert list(unknown_marks(trace.catalogue(), marks())) == []


def test_a_mark_without_a_requirement_is_noticed() -> None:
    assert list(unknown_marks(["S4-12"], [("t.py", 1, "S4-12"), ("t.py", 2, "S4-99")])) == [
        "t.py:2 S4-99"
    ]


def test_the_catalogue_of_requirements_is_whole() -> None:
    seeds = [identifier for identifier in trace.catalogue() if identifier.startswith("S")]
    cross_cutting = [identifier for identifier in trace.catalogue() if identifier.startswith("X")]

    assert (len(seeds), len(cross_cutting)) == (263, 14)


@pytest.mark.parametrize("service", SERVICES)
def test_the_map_is_symmetric(service: str) -> None:
    """`services/X`, `infra/X.yaml`, `tests/X` and `shared/events/X.py` belong together."""
    places = (
        f"services/{service}/app.py",
        f"services/{service}/README.md",
        f"services/{service}/policy.cedar",
        f"services/{service}/problems.toml",
        f"infra/{service}.yaml",
        f"tests/{service}/__init__.py",
        f"shared/events/{service}.py",
        f"docs/api/{service}.json",
    )

    assert [place for place in places if not (ROOT / place).exists()] == []


def test_every_folder_of_services_and_every_module_of_events_is_a_service() -> None:
    folders = {path.parent.name for path in (ROOT / "services").glob("*/*.py")}
    modules = {path.stem for path in (ROOT / "shared" / "events").glob("*.py")} - {"__init__"}
    publishers = {module.partition("_")[0] for module in modules}

    assert folders == set(SERVICES)
    assert publishers - {"base"} == {*SERVICES, *COMING}


def test_events_of_a_service_that_does_not_exist_yet_are_heard_by_one_that_does() -> None:
    declared = {each.detail_type() for each in event_catalogue.events() if each.service in COMING}

    assert declared
    assert declared - event_docs.listeners().keys() == set()
    assert COMING & set(SERVICES) == set()
