"""The dependency layer: everything the services import from PyPI, installed once.

On AWS the layer holds the libraries. Locally it is one line that points at the folder they were
installed in, because the emulator unpacks a layer again for every worker it starts.
"""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from infra.artefact import CannotPackage, compile_all, digest, write_zip

ROOT = Path(__file__).parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
# The newest wheels that the runtime of that Python can load.
_GLIBC = "manylinux2014_x86_64" if sys.version_info < (3, 12) else "manylinux_2_28_x86_64"


def dependencies() -> list[str]:
    """What the services import at run time, as pyproject.toml says."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[str] = declared["project"]["dependencies"]
    return found


def build(folder: Path, *, for_aws: bool) -> tuple[Path, str]:
    """The layer's zip and content hash; nothing is done when its inputs are unchanged."""
    inputs = digest(
        [p for p in [CONSTRAINTS] if p.exists()], *dependencies(), VERSION, str(for_aws)
    )
    # A folder per content: a platform that runs keeps the libraries it started with.
    folder = folder / inputs
    archive = folder / "layer.zip"
    if not archive.exists():
        _install(folder / "python", for_aws=for_aws)
        _zip(folder, archive, for_aws=for_aws)
    return archive, digest([archive])


def _install(target: Path, *, for_aws: bool) -> None:
    shutil.rmtree(target, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-compile", "--target", str(target), "--upgrade"]
    if CONSTRAINTS.exists():
        command += ["--constraint", str(CONSTRAINTS)]
    if for_aws:
        command += ["--only-binary", ":all:", "--platform", _GLIBC, "--python-version", VERSION]
    done = subprocess.run([*command, *dependencies()], capture_output=True, text=True)
    if done.returncode:
        raise CannotPackage(f"The libraries of the layer do not install:\n{done.stderr}")
    for useless in [*target.glob("bin"), *target.rglob("tests")]:
        shutil.rmtree(useless, ignore_errors=True)
    compile_all(target, "/opt/python")


def _zip(folder: Path, archive: Path, *, for_aws: bool) -> None:
    tree = folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    if for_aws:
        shutil.copytree(folder / "python", tree / "python")
    else:
        site = tree / "python" / "lib" / f"python{VERSION}" / "site-packages"
        site.mkdir(parents=True)
        # An `import` line runs at once; a plain path would stand behind the emulator's libraries.
        here = str((folder / "python").resolve())
        (site / "ryadom.pth").write_text(f"import sys; sys.path.insert(0, {here!r})\n", "utf-8")
    write_zip(tree, archive)
    shutil.rmtree(tree)
