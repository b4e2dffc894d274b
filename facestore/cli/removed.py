"""What commands say that took something out, one fact a line."""

from facestore.cli.summaries import lines_of
from facestore.errors import preview
from facestore.removing.finish import Freed
from facestore.removing.forget import ForgetSummary
from facestore.removing.remove import RemoveSummary
from facestore.removing.rename import RenameSummary

__all__ = ["lines_of"]

_SHOWN = 5
_ROWS = ("labels", "predictions", "similarities", "explanations")


@lines_of.register
def _(summary: ForgetSummary) -> list[str]:
    facts = []
    if summary.n_known:
        facts.append(f"{_n(summary.n_known, 'name')} was forgotten before")
    if summary.is_dry:
        shown = [f"{dataset}/{path}" for dataset, path in summary.names]
        named = f" ({preview(shown, _SHOWN)})" if shown else ""
        facts.append(f"would forget {_n(summary.n_samples, 'sample')}{named}")
        facts.append(f"and {_n(summary.n_images, 'image')} that no other sample has")
    elif summary.receipt:
        rows = ", ".join(f"{summary.counts[f'n_{name}']:,} {name}" for name in _ROWS)
        facts.append(
            f"forgotten: {_n(summary.n_samples, 'sample')}, {_n(summary.n_images, 'image')}, "
            f"{rows}, {_n(summary.freed.n_vectors, 'vector')}"
        )
    if summary.n_shared:
        facts.append(
            f"{_n(summary.n_shared, 'image')} stays with its vectors: other samples have it"
        )
    if summary.counts.get("n_no_longer_excluded"):
        n = summary.counts["n_no_longer_excluded"]
        facts.append(f"{_n(n, 'sample')} is not left out as a duplicate any more: run dedup again")
    facts += _freed(summary.freed)
    if summary.near:
        shown = [f"{dataset}/{path}" for dataset, path in summary.near]
        facts.append(f"nearly the same picture, and kept: {preview(shown, _SHOWN)}")
    for each in summary.copies:
        said = "still has it" if each.problem is None else f"was not looked into: {each.problem}"
        facts.append(f"{each.path} {said}: delete it, or make it again")
    if summary.still_named:
        facts.append(
            f"of your own, this in the store still names it: {preview(summary.still_named, _SHOWN)}"
        )
    if summary.receipt:
        facts.append(f"receipt {summary.receipt} (in the table runs; it names nobody)")
    return facts or ["what a killed command began is ended"]


@lines_of.register
def _(summary: RemoveSummary) -> list[str]:
    said = "would remove" if summary.is_dry else "removed"
    # n_class_text_norms: class text norms
    rows = [
        f"{n:,} {name.removeprefix('n_').replace('_', ' ')}"
        for name, n in summary.counts.items()
        if n
    ]
    facts = [f"{said} {summary.what}{': ' + ', '.join(rows) if rows else ''}"]
    if summary.classifiers:
        names = preview([repr(each) for each in summary.classifiers], _SHOWN)
        facts.append(
            f"with {_n(len(summary.classifiers), 'classifier')} that relied on it ({names})"
        )
    if summary.freed.n_vectors:
        facts.append(f"{_n(summary.freed.n_vectors, 'vector')} that nothing else needs")
    return facts + _freed(summary.freed)


@lines_of.register
def _(summary: RenameSummary) -> list[str]:
    if summary.n_moved is None:
        return [f"{summary.what} {summary.old!r} is called {summary.new!r} now"]
    same = f", {summary.n_same:,} were in both and are one" if summary.n_same else ""
    return [
        f"{summary.n_moved:,} samples of {summary.old!r} are in {summary.new!r} now{same}",
        "where the two meet, duplicates and splits are others: run dedup and split again",
    ]


def _freed(freed: Freed) -> list[str]:
    facts = [f"{freed.n_bytes:,} bytes are free"] if freed.n_bytes else []
    return facts + [f"removed {name}" for name in freed.files]


def _n(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"
