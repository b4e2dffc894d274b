"""The encoders that a store knows."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from shlex import quote
from typing import Any

from facestore.catalog.database import TableFamily
from facestore.encoders.names import model_name, with_tag
from facestore.errors import EncoderMismatchError, InputError, StoreError, UnknownNameError
from facestore.model_names import ModelName
from facestore.records import EncoderRecord

# Those of `EncoderRecord`, which have the names of its fields.
_FIELDS = (
    "source", "architecture", "pretrained", "precision", "dim", "logit_scale", "preprocessing",
    "weights_sha256", "versions", "logit_bias", "n_parameters", "n_parameters_image", "gflops",
)  # fmt: skip
_ALL = (
    f"select encoder_id, name, vectors, {', '.join(_FIELDS)} "  # noqa: S608 - names of columns
    "from encoders order by encoder_id"
)
# What an import cannot know, or an older facestore did not ask.
_LATER = ("dim", "logit_scale", "precision")
_FACTS = ("logit_bias", "n_parameters", "n_parameters_image", "gflops")


@dataclass(frozen=True)
class StoredEncoder:
    """An encoder with its id in this store.

    Attributes
    ----------
    vectors
        First part of the names of its Lance tables.
    """

    encoder_id: int
    name: str
    vectors: str
    record: EncoderRecord


class Encoders(TableFamily):
    """Encoders by name; what a name stands for never changes."""

    def all(self) -> list[StoredEncoder]:
        """Return all encoders, in order of their ids."""
        if not self._database.exists:
            return []
        rows = self._rows(_ALL)
        return [_stored(*row) for row in rows]

    def some(self) -> list[StoredEncoder]:
        """Return all encoders.

        Raises
        ------
        InputError
            If there is none.
        """
        if everything := self.all():
            return everything
        message = (
            "The store has no encoder yet. Ingest the images with one: "
            "`facestore ingest FOLDER models=ViT-B-32,openai` does."
        )
        raise InputError(message)

    def find(self, wanted: str) -> StoredEncoder:
        """Return an encoder by its name, or by architecture and weights where that is unambiguous.

        Raises
        ------
        UnknownNameError
            If there is none.
        InputError
            If several fit.
        """
        everything = self.all()
        fitting = (
            [each for each in everything if each.name == wanted]
            or _fitting(everything, ModelName.parse(wanted).without_folder())
            or _fitting(everything, with_tag(model_name(wanted)).without_folder())
        )
        if not fitting:
            todo = "`facestore info` shows those of this store."
            if not everything:
                todo = f"`facestore ingest FOLDER models={quote(wanted)}` makes it."
            raise UnknownNameError("encoder", wanted, [each.name for each in everything], todo)
        if len(fitting) > 1:
            names = ", ".join(repr(each.name) for each in fitting)
            message = f"{wanted!r} fits several encoders ({names}): give the whole name of one."
            raise InputError(message)
        return fitting[0]

    def scored_with(self, prompt_set: str) -> set[int]:
        """Return the ids of the encoders that have a similarity to a prompt of a set."""
        rows = self._rows(
            "select encoder_id from encoders where encoder_id in (select encoder_id "
            "from similarities semi join prompt_set_members as member "
            "on similarities.prompt_id = member.prompt_id and member.prompt_set = $name) "
            "or encoder_id in (select encoder_id from streams where prompt_set = $name)",
            {"name": prompt_set},
        )
        return {encoder_id for (encoder_id,) in rows}

    def chosen(self, wanted: str | None) -> StoredEncoder:
        """Return the encoder that is named, or the only one where none is."""
        return self.find(wanted) if wanted else self.only()

    def only(self) -> StoredEncoder:
        """Return the encoder of a store that has just one.

        Raises
        ------
        InputError
            If there is none, or more than one.
        """
        everything = self.some()
        if len(everything) == 1:
            return everything[0]
        raise several_encoders(everything)

    def register(self, record: EncoderRecord) -> StoredEncoder:
        """Return the stored encoder of this identity; store it if its name is new.

        Raises
        ------
        EncoderMismatchError
            If the name is known with other weights, preprocessing or width.
        """
        known = self._named(record.name)
        if known is None or _adds(known.record, record, _LATER):
            with self._database.writing():  # where another process may have been quicker
                known = self._named(record.name)
                if known is None:
                    return self._insert(record)
                _check_same(known.record, record)
                self._complete(known, record)
                return self.find(record.name)
        _check_same(known.record, record)
        if _adds(known.record, record, _FACTS):
            # Nothing is measured with them: a store that is only read goes without.
            with suppress(StoreError):
                self._complete(known, record)
                return self.find(record.name)
        return known

    def _named(self, name: str) -> StoredEncoder | None:
        return next((each for each in self.all() if each.name == name), None)

    def _insert(self, record: EncoderRecord) -> StoredEncoder:
        columns = ", ".join(_FIELDS)
        values = ", ".join(f"${name}" for name in _FIELDS)
        with self._database.writing() as con:
            con.execute(
                f"insert into encoders (encoder_id, name, vectors, added_at, {columns}) "  # noqa: S608
                "select (select coalesce(max(encoder_id), 0) + 1 from encoders), "
                f"$name, $vectors, make_timestamp(epoch_us(now())), {values}",
                {name: getattr(record, name) for name in ("name", "vectors", *_FIELDS)}
                | {
                    "preprocessing": record.preprocessing_json if record.preprocessing else None,
                    "versions": json.dumps(dict(record.versions)) if record.versions else None,
                },
            )
        return self.find(record.name)

    def _complete(self, known: StoredEncoder, record: EncoderRecord) -> None:
        """Fill in what an earlier import, or an older facestore, could not know."""
        columns = (*_LATER, *_FACTS)
        sets = ", ".join(f"{name} = coalesce({name}, ?)" for name in columns)
        with self._database.writing() as con:
            con.execute(
                f"update encoders set {sets} where encoder_id = ?",  # noqa: S608 - names of columns
                [*(getattr(record, name) for name in columns), known.encoder_id],
            )


def _stored(encoder_id: int, name: str, vectors: str, *values: Any) -> StoredEncoder:
    fields = dict(zip(_FIELDS, values, strict=True))
    for column in ("preprocessing", "versions"):
        fields[column] = json.loads(fields[column] or "{}")
    return StoredEncoder(encoder_id, name, vectors, EncoderRecord(**fields))


def _fitting(encoders: Sequence[StoredEncoder], model: ModelName) -> list[StoredEncoder]:
    return [
        each
        for each in encoders
        if each.record.architecture == model.whole_architecture
        and model.pretrained in (None, each.record.pretrained)
    ]


def _check_same(known: EncoderRecord, found: EncoderRecord) -> None:
    """Compare what decides the vectors; unknown values of imports agree with anything."""
    pairs = {
        "weights": (found.weights_sha256, known.weights_sha256),
        "width": (found.dim, known.dim),
        "preprocessing": (found.preprocessing_json, known.preprocessing_json),
        "precision": (found.precision, known.precision),
    }
    for what, (new, old) in pairs.items():
        unknown = new in (None, "{}") or old in (None, "{}")
        if not unknown and new != old:
            raise EncoderMismatchError(found.name, what, found=new, expected=old)


def _adds(known: EncoderRecord, found: EncoderRecord, columns: Sequence[str]) -> bool:
    return any(
        getattr(known, column) is None and getattr(found, column) is not None for column in columns
    )


def several_encoders(found: Sequence[StoredEncoder]) -> InputError:
    """Return that one of several encoders has to be named."""
    names = ", ".join(repr(each.name) for each in found)
    return InputError(f"The store has several encoders ({names}): name one with `model=`.")
