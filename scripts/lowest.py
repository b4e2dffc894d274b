"""Write the lowest version of each dependency that pyproject.toml allows, as constraints of pip.

`make lowest` installs them into an environment of its own and runs the tests: a bound that nobody
tries is a guess. Dependencies of dependencies are the newest that go with them.
"""

import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent


def lowest(requirements: list[str]) -> list[str]:
    """Return `name==version` for each requirement.

    Raises
    ------
    ValueError
        If one has no lower bound.
    """
    found = []
    for text in requirements:
        wanted = Requirement(text)
        bounds = [each.version for each in wanted.specifier if each.operator == ">="]
        if len(bounds) != 1:
            message = f"{text!r} has no lower bound: say from which version on it works, name>=1.2"
            raise ValueError(message)
        found.append(f"{wanted.name}=={bounds[0]}")
    return found


def main() -> None:
    """Write the constraints to the standard output."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    sys.stdout.write("".join(f"{line}\n" for line in lowest(project["dependencies"])))


if __name__ == "__main__":
    main()
