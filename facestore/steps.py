"""Verbs that call others in turn: each is told before it is called, and failures are kept."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from facestore.config import DEFAULT_PRECISION
from facestore.encoders.encoder import LazyEncoder
from facestore.errors import EncoderError, InputError
from facestore.ingest.ingest import ingest
from facestore.model_names import ModelName
from facestore.records import AnyPath
from facestore.stores import Stores
from facestore.zero_shot.many import Failure
from facestore.zero_shot.predict import PredictedTogether, PredictSummary


@dataclass(frozen=True)
class Step:
    """A verb that an audit is about to call; the command line shows the command for it.

    Attributes
    ----------
    verb
        Name of the verb.
    arguments, parameters
        With what it is called.
    """

    verb: str
    arguments: tuple[str, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)


class Steps:
    """Calls verbs, and tells each before: what is told is what is called."""

    def __init__(self, store: Stores) -> None:
        self._store = store
        self.n_results = 0
        self.failures: list[Failure] = []

    def __call__(self, verb: str, function: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Call a verb without what is not given."""
        named = {key: value for key, value in named.items() if value not in (None, [], (), False)}
        self._store.notify(Step(verb, tuple(map(str, given)), named))
        if verb == "score":
            return function(self._store, list(given), **named)
        return function(self._store, *given, **named)

    def ingest(
        self, source: AnyPath, models: list[str], given: Mapping[str, Any]
    ) -> tuple[str, list[str]]:
        """Ingest with all models at once; if one cannot be had, with each, and that one fails.

        Returns
        -------
        tuple of str, list of str
            Name of the data set, and the models that were had.
        """
        try:
            summary = self("ingest", ingest, source, models=models, **given)
            self._store.notify(summary)
        except EncoderError:
            if len(models) == 1:
                raise
        else:
            return summary.plan.dataset, models
        had = []
        for model in models:
            try:
                dataset, _ = self.ingest(source, [model], given)
                had.append(model)
            except EncoderError as error:
                self.n_results += 1
                self.failures.append(Failure(model, error))
        if not had:
            raise self.failures[-1].error
        return dataset, had

    def each(self, verb: str, function: Callable[..., Any], *given: Any, **named: Any) -> list[Any]:
        """Call a verb that yields results; return them, and keep those that failed for the end."""
        done = []
        for result in self._results(verb, function, *given, **named):
            done.append(result)
            self._store.notify(result)
        return done

    def together(
        self, verb: str, function: Callable[..., Any], *given: Any, **named: Any
    ) -> list[PredictSummary]:
        """Call a verb that yields predictions, as `each` does, and tell of all of them at once."""
        done = list(self._results(verb, function, *given, **named))
        self._store.notify(PredictedTogether(tuple(done)))
        return done

    def _results(
        self, verb: str, function: Callable[..., Any], *given: Any, **named: Any
    ) -> Iterator[Any]:
        for result in self(verb, function, *given, **named):
            self.n_results += 1
            if isinstance(result, Failure):
                self.failures.append(result)
            else:
                yield result


def named_in(store: Stores, models: Sequence[str], ingesting: Mapping[str, Any]) -> list[str]:
    """Return what each model is called now: as it was given, or its encoder's name if need be."""
    named = []
    for given in models:
        model = ModelName.parse(given, ingesting.get("pretrained"))
        encoder = LazyEncoder(
            model,
            precision=ingesting.get("precision") or DEFAULT_PRECISION,
            fast_resize=bool(ingesting.get("fast_resize")),
        )
        # A checkpoint is found by its path alone, which no store keeps.
        whole = str(model)
        known = given if model == ModelName.parse(given) else whole
        try:
            is_clear = store.catalog.encoders.find(known).name == encoder.name
        except InputError:
            is_clear = False
        named.append(known if is_clear else encoder.name)
    return named
