"""Measure how faithful the maps of a run are, batch by batch; what is measured is left alone."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from facestore.explaining.faithfulness import Measure
from facestore.explaining.questions import Question, Run
from facestore.records import ImageFile
from facestore.stores import Stores


def measure_maps(
    store: Stores,
    run: Run,
    questions: Sequence[Question],
    files: Mapping[str, ImageFile],
    seed: int,
    skipped: list[tuple[str, str]],
) -> Iterator[int]:
    """Measure the maps of questions that are not measured yet.

    Parameters
    ----------
    run, questions
        One encoder, and what it was asked; their maps are in the store.
    files
        The pictures, by image_id.
    seed
        What orders and weights are drawn by; what was measured with another one is replaced.
    skipped
        Gets (sample, reason) of pictures that cannot be read.

    Yields
    ------
    int
        How many maps were measured and kept, batch by batch.
    """
    maps = store.catalog.faithfulness.unmeasured([each.explanation_id for each in questions], seed)
    pending = [each for each in questions if each.explanation_id in maps]
    if not pending:
        return
    measure = Measure(run.explainer, seed)
    with store.progress.task("Measuring faithfulness", len(pending)) as task:
        for batch in run.batches(pending):
            good, inputs = run.read(batch, files, skipped, set())
            if good:
                found = measure.of(
                    inputs,
                    *run.lines(good, inputs),
                    np.stack([maps[each.explanation_id] for each in good]),
                    [each.sample["image_id"] for each in good],
                )
                ids = [each.explanation_id for each in good]
                yield store.catalog.faithfulness.keep(dict(zip(ids, found, strict=True)))
            task.advance(len(batch))
