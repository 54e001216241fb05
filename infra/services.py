"""The services of this repository, read from the folders of `services/`; every other list derives.

A folder with an `app.py` is a service. An `app.py` deeper inside of one (the till in cards) is an
app of that service with a stack of its own, named like its folder.
"""

import importlib
from pathlib import Path
from threading import Lock
from types import ModuleType

INFRA = Path(__file__).parent
ROOT = INFRA.parent

# Two stacks are built at a time, and their services import the same modules.
_importing = Lock()


def service_names(root: Path = ROOT) -> tuple[str, ...]:
    """Return the names of the services, sorted."""
    return tuple(sorted(path.parent.name for path in (root / "services").glob("*/app.py")))


def app_folders(root: Path = ROOT) -> dict[str, str]:
    """Return the folder of each app by the name of its stack, services first."""
    folders = [path.parent.relative_to(root) for path in (root / "services").rglob("app.py")]
    ordered = sorted(folders, key=lambda folder: (len(folder.parts), folder))
    return {folder.name: folder.as_posix() for folder in ordered}


def owner(stack: str, root: Path = ROOT) -> str:
    """Return the service whose rows and root key a stack uses; by default its namesake."""
    return app_folders(root).get(stack, f"services/{stack}").split("/")[1]


def app_of(service: str) -> ModuleType:
    """Import the app of a service."""
    with _importing:
        return importlib.import_module(f"services.{service}.app")
