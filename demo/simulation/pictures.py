"""Pictures of a simulation by matplotlib, which is optional: without it there are none."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from demo.data import label
from demo.simulation.figures import Figures
from demo.simulation.report import words


def draw(found: dict[str, Figures], folder: Path) -> list[Path]:
    """Write the pictures into a folder and return them, or none without matplotlib."""
    if find_spec("matplotlib") is None:
        return []
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    said = words()["pictures"]
    districts = {name: each.by_district for name, each in found.items()}
    kinds = {name: each.by_kind for name, each in found.items()}
    drawings: dict[str, Callable[[Any], None]] = {
        "waits": lambda axes: _waits(axes, found),
        "districts": lambda axes: _bars(axes, districts, str),
        "kinds": lambda axes: _bars(axes, kinds, _kind),
    }
    written = []
    for name, drawing in drawings.items():
        figure, axes = pyplot.subplots(figsize=(9, 4.5), layout="constrained")
        axes.set_title(said[name])
        drawing(axes)
        axes.legend()
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=110)
        pyplot.close(figure)
        written.append(path)
    return written


def _kind(code: str) -> str:
    return label("guardian_categories", code)


def _waits(axes: Any, found: dict[str, Figures]) -> None:
    """How large a share of the families had met a guardian after so many hours."""
    for name, each in found.items():
        ordered = sorted(each.waits)
        shares = [(place + 1) / len(ordered) for place in range(len(ordered))]
        axes.step(ordered, shares, where="post", label=words()["policies"][name])
    axes.axvline(72, color="grey", linestyle=":")
    axes.set_xlabel(words()["pictures"]["hours"])
    axes.set_ylabel(words()["pictures"]["share"])


def _bars(axes: Any, medians: dict[str, dict[str, float]], title: Callable[[str], str]) -> None:
    """One group of bars for each district or kind of help."""
    groups = sorted({group for each in medians.values() for group in each})
    width = 0.8 / len(medians)
    for place, (name, each) in enumerate(medians.items()):
        at = [number + place * width for number in range(len(groups))]
        heights = [each.get(group, 0.0) for group in groups]
        axes.bar(at, heights, width, label=words()["policies"][name])
    ticks = [number + 0.4 - width / 2 for number in range(len(groups))]
    axes.set_xticks(ticks, [title(group) for group in groups], rotation=30, ha="right")
