"""What commands say that took something out, one fact a line."""

from facestore.cli.lines import lines_of
from facestore.errors import by_number, counted, counted_of, preview
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
        facts.append(f"{counted(summary.n_known, 'name was', 'names were')} forgotten before")
    if summary.is_dry:
        shown = [f"{dataset}/{path}" for dataset, path in summary.names]
        named = f" ({preview(shown, _SHOWN)})" if shown else ""
        facts.append(f"would forget {counted(summary.n_samples, 'sample')}{named}")
        facts.append(f"and {counted(summary.n_images, 'image')} that no other sample has")
    elif summary.receipt:
        names = [*_ROWS, "annotations"] if summary.counts.get("n_annotations") else _ROWS
        rows = ", ".join(counted_of(summary.counts[f"n_{name}"], name) for name in names)
        facts.append(
            f"forgotten: {counted(summary.n_samples, 'sample')}, "
            f"{counted(summary.n_images, 'image')}, "
            f"{rows}, {counted(summary.freed.n_vectors, 'vector')}"
        )
    if summary.n_shared:
        kept = counted(summary.n_shared, "image stays with its", "images stay with their")
        facts.append(
            f"{kept} vectors, since other samples have {by_number(summary.n_shared, 'it', 'them')}"
        )
    if summary.counts.get("n_no_longer_excluded"):
        n = summary.counts["n_no_longer_excluded"]
        facts.append(
            f"{counted(n, 'sample is', 'samples are')} not left out as "
            f"{by_number(n, 'a duplicate', 'duplicates')} any more: run dedup again"
        )
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
        counted_of(n, name.removeprefix("n_").replace("_", " "))
        for name, n in summary.counts.items()
        if n
    ]
    facts = [f"{said} {summary.what}{': ' + ', '.join(rows) if rows else ''}"]
    if summary.classifiers:
        names = preview([repr(each) for each in summary.classifiers], _SHOWN)
        facts.append(
            f"with {counted(len(summary.classifiers), 'classifier')} that relied on it ({names})"
        )
    if summary.freed.n_vectors:
        facts.append(f"{counted(summary.freed.n_vectors, 'vector')} that nothing else needs")
    return facts + _freed(summary.freed)


@lines_of.register
def _(summary: RenameSummary) -> list[str]:
    if summary.n_moved is None:
        return [f"{summary.what} {summary.old!r} is called {summary.new!r} now"]
    both = counted(summary.n_same, "was in both and is", "were in both and are")
    same = f", {both} one" if summary.n_same else ""
    return [
        f"{counted(summary.n_moved, 'sample')} of {summary.old!r} "
        f"{by_number(summary.n_moved, 'is', 'are')} in {summary.new!r} now{same}",
        "where the two meet, duplicates and splits are others: run dedup and split again",
    ]


def _freed(freed: Freed) -> list[str]:
    facts = [f"{counted(freed.n_bytes, 'byte is', 'bytes are')} free"] if freed.n_bytes else []
    return facts + [f"removed {name}" for name in freed.files]
