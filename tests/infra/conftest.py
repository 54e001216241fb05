"""What the infrastructure tests share: the built stacks, and platforms of their own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import package
from infra.local_platform import LocalPlatform
from tests.infra.reading import Stack


@pytest.fixture(scope="session")
def packaged() -> package.Package:
    """Every stack as it is deployed; unchanged ones are not built again."""
    return package.package()


@pytest.fixture(scope="session")
def stacks(packaged: package.Package) -> dict[str, Stack]:
    """The built templates by name."""
    return {
        stack.name: Stack(stack.name, json.loads(stack.template.read_text("utf-8")))
        for stack in packaged.stacks
    }


@pytest.fixture(scope="module", params=[False, True], ids=["open", "iam enforced"])
def platform(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalPlatform]:
    """A platform of this module's own; once as it is, once with IAM enforced."""
    state = Path(tmp_path_factory.mktemp("platform"))
    with LocalPlatform(state, enforce_iam=request.param) as running:
        yield running
