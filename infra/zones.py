"""Time zones for a zip without a layer: Lambda's own system may have none."""

import shutil
import tomllib
from importlib import metadata
from pathlib import Path

import tzdata

REGIONS = Path("shared", "data", "regions.toml")
VERSION = f"tzdata {metadata.version('tzdata')}"


def copy_zones(root: Path, target: Path) -> None:
    """Put the zones of our regions where `zoneinfo` looks when the system has none."""
    regions = tomllib.loads((root / REGIONS).read_text("utf-8"))
    source = Path(tzdata.__file__).parent
    for name in {region["zone"] for region in regions.values()}:
        zone = source.joinpath("zoneinfo", *name.split("/"))
        for folder in (folder for folder in zone.parents if folder.is_relative_to(source)):
            _copy(folder / "__init__.py", source, target)
        _copy(zone, source, target)


def _copy(path: Path, source: Path, target: Path) -> None:
    to = target / source.name / path.relative_to(source)
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, to)
