"""The reference data that tests stand on: the regions of the local stage, without a table."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aws_lambda_powertools.utilities.parameters.base import BaseProvider

from infra.reference import items
from infra.regions import read_stage
from shared.reference import regions as reference
from shared.reference.regions import Region


class StageProvider(BaseProvider):
    """What a container reads when its stage has these regions; `reads` are the ids asked for."""

    def __init__(self, regions: Mapping[str, Region]) -> None:
        super().__init__()
        self.items = items(regions)
        self.reads: list[str] = []

    def _get(self, name: str, **_: Any) -> Any:
        self.reads.append(name)
        return reference.read_item(name, self.items[name])

    def _get_multiple(self, path: str, **_: Any) -> dict[str, str]:
        raise NotImplementedError


@contextmanager
def reference_data(regions: Mapping[str, Region] | None = None) -> Iterator[StageProvider]:
    """Whatever runs inside knows these regions, by default those of `make run`."""
    real, provider = reference.provider, StageProvider(regions or read_stage("local"))
    reference.provider = lambda: provider  # type: ignore[assignment]
    try:
        yield provider
    finally:
        reference.provider = real
