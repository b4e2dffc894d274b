"""Write constraints.txt: the versions with which facestore was tested, with hashes of their files.

pip, asked by `--require-hashes`, then takes no other file than those. The versions are those of the
environment in which this runs, of all that facestore needs; the SHA-256 are those that the registry
has of all files of that version, so that they fit other systems and versions of Python, too.
"""

import json
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
# Versions with which facestore was tested, with the SHA-256 of their files; see SECURITY.md.
# Written by `make constraints`; do not edit.
"""


def needed(name: str = "facestore") -> dict[str, str]:
    """Return what a distribution needs here, with all that this needs: name -> version."""
    found: dict[str, str] = {}
    todo = [Requirement(name)]
    seen: set[str] = set()
    while todo:
        wanted = todo.pop()
        key = f"{canonicalize_name(wanted.name)}[{','.join(sorted(wanted.extras))}]"
        if key in seen:
            continue
        seen.add(key)
        try:
            installed = distribution(wanted.name)
        except PackageNotFoundError:
            continue  # for another system
        if canonicalize_name(wanted.name) != name:
            found[canonicalize_name(wanted.name)] = installed.version
        for text in installed.requires or ():
            each = Requirement(text)
            extras = ["", *wanted.extras]
            if each.marker is None or any(each.marker.evaluate({"extra": of}) for of in extras):
                todo.append(each)
    return dict(sorted(found.items()))


def hashes(versions: dict[str, str]) -> dict[str, list[str]]:
    """Return the SHA-256 of all files of these versions, as uv finds them at the registry."""
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "given.in"
        given.write_text("".join(f"{name}=={version}\n" for name, version in versions.items()))
        command = [
            "uv", "pip", "compile", "--quiet", "--no-deps", "--generate-hashes", "--no-header",
            "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", str(given),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    found: dict[str, list[str]] = {}
    for line in done.stdout.replace("\\\n", " ").splitlines():
        name, *more = line.split()
        found[canonicalize_name(name.partition("==")[0])] = sorted(
            each.removeprefix("--hash=") for each in more if each.startswith("--hash=sha256:")
        )
    return found


def text(versions: dict[str, str], hashed: dict[str, list[str]]) -> str:
    """Return the lines of constraints.txt.

    Raises
    ------
    ValueError
        If the registry has no file of a version.
    """
    lines = []
    for name, version in versions.items():
        if not hashed.get(name):
            message = f"no file of {name} {version}: is it one that was installed from a folder?"
            raise ValueError(message)
        lines.append(
            " \\\n".join([f"{name}=={version}", *(f"    --hash={h}" for h in hashed[name])])
        )
    return HEAD + "\n".join(lines) + "\n"


def main() -> None:
    """Write constraints.txt."""
    versions = needed()
    (ROOT / "constraints.txt").write_text(text(versions, hashes(versions)), encoding="utf-8")
    sys.stdout.write(json.dumps({"packages": len(versions)}) + "\n")


if __name__ == "__main__":
    main()
