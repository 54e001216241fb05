"""Zip files for Lambda that are the same for the same content."""

import hashlib
import zipfile
from collections.abc import Iterable
from pathlib import Path


class CannotPackage(Exception):
    """A stack could not be built; the message says why."""


_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16


def write_zip(folder: Path, target: Path) -> str:
    """Zip a folder with sorted names and fixed dates; the content's hash, short enough to read."""
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = _MODE
                archive.writestr(entry, path.read_bytes())
    part.replace(target)
    return digest([target])


def unpacked_size(archive: Path) -> int:
    """Return what a zip counts against Lambda's limit, in bytes."""
    with zipfile.ZipFile(archive) as made:
        return sum(entry.file_size for entry in made.infolist())


def digest(paths: Iterable[Path], *also: str, base: Path | None = None) -> str:
    """Return a hash over files, their names (from `base` on, when given) and further facts."""
    found = hashlib.sha256()
    for path in sorted(paths):
        name = path.name if base is None else str(path.relative_to(base))
        found.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    for fact in also:
        found.update(fact.encode() + b"\0")
    return found.hexdigest()[:32]
