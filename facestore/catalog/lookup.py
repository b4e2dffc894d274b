"""Samples found by what a user calls them, and by the keys of their vectors."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa

from facestore.catalog.database import TableFamily
from facestore.errors import InputError, UnknownNameError, preview
from facestore.records import Float32

_MIN_PREFIX = 4
_HINT = (
    "Give a file, DATASET/PATH, a sample_id, or an image_id (its first "
    f"{_MIN_PREFIX} digits or more)."
)

# Ways to name samples, the first that fits counts.
_WAYS = (
    "try_cast($given as integer) = sample_id",
    "image_id = $given",
    # the first half costs little, and leaves few for the other one
    "ends_with($given, path) and dataset || '/' || path = $given",
    f"length($given) >= {_MIN_PREFIX} and starts_with(image_id, lower($given))",
    "path = $given or ends_with(path, '/' || $given)",
)
_BY_IMAGE = ("image_id = $given", _WAYS[3])

_FIND = """
with found as materialized (
    select sample_id, dataset, path, image_id, error from samples where {way}
)

select found.*, vector_keys.vector_key
from found
left join vector_keys on found.sample_id = vector_keys.sample_id
order by found.sample_id
"""

# Joined with nothing, the keys of all samples would be made all the same.
_ANY = "select 1 from samples where {way} limit 1"

_NEAR_MISSES = """
select name
from (
    select dataset || '/' || path as name from samples
    union select path from samples
    union select image_id from images
)
order by jaro_winkler_similarity(name, $given) desc, name
limit 8
"""

# Labels are gathered of the hits alone, not of all samples.
_OF_KEYS = """
with hits as materialized (
    select
        dense_rank() over (order by incoming.place) as rank,
        incoming.cosine,
        vector_keys.sample_id,
        vector_keys.dataset,
        vector_keys.path
    from incoming
    inner join vector_keys on incoming.key = vector_keys.vector_key
    where
        ($dataset is null or vector_keys.dataset = $dataset)
        and not list_contains($without, vector_keys.sample_id)
    qualify rank <= $k
),

named as (
    select
        sample_id,
        map(list(attribute order by attribute), list(label order by attribute)) as labels
    from labels
    where label is not null and sample_id in (select sample_id from hits)
    group by sample_id
)

select
    hits.rank,
    hits.cosine,
    hits.sample_id,
    hits.dataset,
    hits.path,
    samples.split,
    samples.image_id,
    coalesce(named.labels, map()) as labels
from hits
inner join samples on hits.sample_id = samples.sample_id
left join named on hits.sample_id = named.sample_id
order by hits.rank, hits.dataset, hits.path
"""


@dataclass(frozen=True)
class Found:
    """What a name means.

    Attributes
    ----------
    name
        It, for people.
    key
        What its vector is filed under.
    sample_ids
        The samples that it names: one, or all that show the image.
    """

    name: str
    key: str
    sample_ids: tuple[int, ...]


@dataclass(frozen=True)
class Hit:
    """A sample near to what was asked for.

    Attributes
    ----------
    rank
        From 1; samples that show the same image share it.
    cosine
        Between the two vectors, in [-1, 1].
    sample_id, dataset, path, split
        The sample.
    image_id
        None where only the name of its file is known.
    labels
        Attribute -> class.
    """

    rank: int
    cosine: float
    sample_id: int
    dataset: str
    path: str
    split: str | None
    image_id: str | None
    labels: dict[str, str]


class Lookup(TableFamily):
    """Samples by name, and by key of their vector."""

    def find(self, given: str) -> Found:
        """Return the image that a sample_id, image_id, beginning of one, or path means.

        Raises
        ------
        UnknownNameError
            If there is none.
        InputError
            If several fit, or the one that does could not be read.
        """
        con = self._database.reader()
        for way in _WAYS:
            if con.execute(_ANY.format(way=way), {"given": given}).fetchone():
                rows = con.execute(_FIND.format(way=way), {"given": given}).fetchall()
                return _one_image(given, rows, is_image=way in _BY_IMAGE)
        raise UnknownNameError("image", given, self.near_misses(given), _HINT)

    def near_misses(self, given: str) -> list[str]:
        """Return names of samples and images that are spelled nearly so."""
        near = self._database.reader().execute(_NEAR_MISSES, {"given": given}).fetchall()
        return [name for (name,) in near if name]

    def samples_of(
        self,
        keys: Sequence[str],
        cosines: Float32,
        *,
        k: int,
        dataset: str | None,
        without: Collection[int],
    ) -> list[Hit]:
        """Return the samples of the first `k` keys that have any.

        Parameters
        ----------
        keys, cosines
            Keys of vectors, best first.
        k
            How many images.
        dataset
            Only samples of it.
        without
            Samples to leave out.
        """
        con = self._database.reader()
        places = pa.array(range(len(keys)), pa.int32())
        con.register("incoming", pa.table({"place": places, "key": list(keys), "cosine": cosines}))
        values = {"k": k, "dataset": dataset, "without": list(without)}
        rows = con.execute(_OF_KEYS, values).fetchall()
        con.unregister("incoming")
        return [Hit(*row) for row in rows]


def _one_image(
    given: str, rows: list[tuple[int, str, str, str, str, str]], *, is_image: bool
) -> Found:
    keys = sorted({key for *_, key in rows if key is not None})
    names = [f"{dataset}/{path}" for _, dataset, path, *_ in rows]
    if len(keys) > 1 or (len(rows) > 1 and not is_image):
        several = keys if is_image else names
        message = f"'{given}' fits several images ({preview(several)}): give the whole of one name."
        raise InputError(message)
    if not keys:
        message = (
            f"'{names[0]}' could not be read ({rows[0][4]}), so it has no vector: give another "
            "image, or ingest it again."
        )
        raise InputError(message)
    return Found(keys[0] if is_image else names[0], keys[0], tuple(row[0] for row in rows))
