"""Results of reading that are committed together, as rows of the catalogue."""

from dataclasses import dataclass, field

import polars as pl

from facestore.catalog.sample_rows import SAMPLE_SCHEMA
from facestore.ingest.embedding import ReadImage
from facestore.ingest.plan import IngestPlan
from facestore.records import ImageRecord


@dataclass
class Chunk:
    """Results that wait to be committed together."""

    results: list[ReadImage] = field(default_factory=list)

    def images(self) -> list[ImageRecord]:
        """Return the contents that are new, each once."""
        return list({r.record.image_id: r.record for r in self.results if r.record}.values())

    def samples(self, plan: IngestPlan) -> pl.DataFrame:
        """Return the rows of samples that are new or differ from what is known."""
        rows = [row for result in self.results if (row := _changed_row(plan, result)) is not None]
        return pl.DataFrame(rows, schema=SAMPLE_SCHEMA, orient="row")


def _changed_row(plan: IngestPlan, result: ReadImage) -> tuple[object, ...] | None:
    """Return the row of a sample, or None if the catalogue has it already."""
    path = plan.path_of[result.entry.name]
    split, tags, person = (each.get(path) for each in (plan.splits, plan.tags, plan.persons))
    row = (path, result.image_id, split, tags, result.error, person)
    if (known := plan.known.get(path)) is None:
        return row
    is_same = (
        known.image_id == result.image_id
        and known.error == result.error
        and split in (None, known.split)
        and (tags is None or set(tags) == set(known.tags))
        and person in (None, known.person)
    )
    return None if is_same else row
