"""Write the figures of `make bench` into docs/performance.md, between its two marks.

    python scripts/performance_page.py BENCH_JSON [PAGE]

The prose around the marks stays. Neither the name of the machine nor a path of it is written.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN = "<!-- figures: written by `make bench` -->"
END = "<!-- end of figures -->"
PACKAGES = ("duckdb", "lancedb", "numpy", "torch")


def main(arguments: list[str]) -> None:
    """Rewrite the figures of a page.

    Parameters
    ----------
    arguments
        The JSON of pytest-benchmark, and the page if it is not docs/performance.md.
    """
    found = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    page = Path(arguments[1]) if arguments[1:] else PAGE
    text = with_figures(page.read_text(encoding="utf-8"), found, gpu=gpu_name())
    page.write_text(text, encoding="utf-8")


def with_figures(text: str, found: dict[str, Any], *, gpu: str | None) -> str:
    """Return a page with other figures.

    Parameters
    ----------
    text
        The page, with the two marks.
    found
        What pytest-benchmark measured.
    gpu
        Name of the GPU; None: there is none.

    Raises
    ------
    ValueError
        If the marks are not there once each, in order.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end) or BEGIN in after or END in before + after:
        message = f"the page needs {BEGIN!r} and, below it, {END!r}, once each"
        raise ValueError(message)
    return f"{before}{BEGIN}\n\n{machine(found, gpu)}\n\n{table(found)}\n\n{END}{after}"


def machine(found: dict[str, Any], gpu: str | None) -> str:
    """Return when and on what the benchmarks ran, as one paragraph."""
    info = found["machine_info"]
    facts = [
        f"{info['cpu']['count']} cores ({info['cpu']['brand_raw']})",
        f"{memory_gib():.0f} GiB of memory" if memory_gib() else "memory not known",
        gpu or "no GPU",
    ]
    python = ".".join(info["python_version"].split(".")[:3])
    versions = [f"Python {python}", *(f"{name} {version(name)}" for name in PACKAGES)]
    day = found["datetime"].split("T")[0]
    return f"Figures of {day} on {', '.join(facts)}; {', '.join(versions)}."


def table(found: dict[str, Any]) -> str:
    """Return a table with one benchmark a row: name, least time of a round, other figures."""
    rows = ["| benchmark | time | in the same run |", "|---|---|---|"]
    for each in found["benchmarks"]:
        name = each["name"].removeprefix("test_").replace("|", "\\|")
        figures = ", ".join(
            f"{key.replace('_', ' ')}: {value}" for key, value in each["extra_info"].items()
        )
        rows.append(f"| `{name}` | {duration(each['stats']['min'])} | {figures} |")
    return "\n".join(rows)


def duration(seconds: float) -> str:
    """Return seconds for people, with three digits."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def memory_gib() -> float | None:
    """Return the memory of this machine; None where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):
        return None


def gpu_name() -> str | None:
    """Return the name of the first GPU that torch can use."""
    import torch

    if torch.cuda.is_available():
        return str(torch.cuda.get_device_name(0))
    return (
        "Apple GPU" if platform.system() == "Darwin" and torch.backends.mps.is_available() else None
    )


if __name__ == "__main__":
    main(sys.argv[1:])
