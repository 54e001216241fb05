"""The reference data that tests stand on: the regions of the local stage, without a table."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from infra.configuration.code_lists import read_code_lists
from infra.configuration.reference_table import items
from infra.configuration.regions import read_stage
from shared.parameters import ReferenceProvider
from shared.reference import table
from shared.reference.code_lists import StageLists
from shared.reference.regions import Region


class StageProvider(ReferenceProvider):
    """What a container reads when its stage has these regions; `reads` are the ids asked for."""

    def __init__(self, regions: Mapping[str, Region], codes: StageLists) -> None:
        super().__init__("")
        self.items = items(regions, codes)
        self.reads: list[str] = []

    def _get(self, name: str, **options: Any) -> Any:
        self.reads.append(name)
        return options["model"].model_validate_json(self.items[name])


@contextmanager
def reference_data(
    regions: Mapping[str, Region] | None = None, codes: StageLists | None = None
) -> Iterator[StageProvider]:
    """Let what runs inside know these regions and lists of codes, else those of `make run`."""
    stage = StageProvider(
        regions or read_stage("local"), read_code_lists("local") if codes is None else codes
    )
    real = table.provider
    table.provider = lambda: stage  # type: ignore[assignment]
    try:
        yield stage
    finally:
        table.provider = real
