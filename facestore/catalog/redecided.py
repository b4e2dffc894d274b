"""Predictions of zero-shot classifiers, against what the views decide now."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

# What a view decides differently than was written, beyond the order in which numbers are added up.
_OTHERWISE = """
select
    $name,
    predictions.sample_id,
    predictions.predicted,
    predictions.score,
    decided.predicted,
    decided.score
from predictions
anti join (
    select sample_id
    from streamed_winners inner join streams using (stream_id)
    where encoder_id = $encoder_id and prompt_set = $prompt_set and attribute = $attribute
        and is_current and k_before = 0
) as streamed on predictions.sample_id = streamed.sample_id
left join (
    select * from {source}
    where encoder_id = $encoder_id and prompt_set = $prompt_set and attribute = $attribute
) as decided on predictions.sample_id = decided.sample_id
where predictions.classifier_id = $classifier_id
    and (
        decided.sample_id is null
        or (
            predictions.predicted is distinct from decided.predicted
            and decided.margin > $tolerance
        )
        or not coalesce(abs(predictions.score - decided.score) <= $tolerance, false)
        or abs(coalesce(predictions.margin, -1) - coalesce(decided.margin, -1)) > $tolerance
        or isnan(predictions.margin)
        or predictions.value is not null
    )
order by all
"""
# Of samples that were scored in a stream the winner is known, and no score.
_OTHER_WINNER = """
select
    $name,
    predictions.sample_id,
    predictions.predicted,
    predictions.score,
    class_prompts.class,
    null
from predictions
inner join streamed_winners on predictions.sample_id = streamed_winners.sample_id
inner join streams on streamed_winners.stream_id = streams.stream_id
inner join class_prompts
    on streams.prompt_set = class_prompts.prompt_set
    and streams.attribute = class_prompts.attribute
    and class_prompts.place = [
        winner_1, winner_2, winner_3, winner_4, winner_5, winner_6, winner_7, winner_8
    ][(least(coalesce($k, k_max), k_max) - 1) % 8 + 1]
where predictions.classifier_id = $classifier_id
    and streams.encoder_id = $encoder_id
    and streams.prompt_set = $prompt_set
    and streams.attribute = $attribute
    and streams.is_current
    and streamed_winners.k_before = (least(coalesce($k, k_max), k_max) - 1) // 8 * 8
    and predictions.margin > $tolerance
    and predictions.predicted is distinct from class_prompts.class
order by all
"""
_TOLERANCE = 1e-6
_NAMES = ("classifier_id", "name", "encoder_id", "prompt_set", "attribute")
_CLASSIFIERS = f"""
select {", ".join(_NAMES)}, aggregation, k
from classifiers
where kind = 'zero_shot'
order by classifier_id
"""  # noqa: S608

Ask = Callable[..., list[tuple[Any, ...]]]


def decided_otherwise(ask: Ask, sources: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    """Yield predictions which are not what the views decide.

    Parameters
    ----------
    ask
        Runs a query with values.
    sources
        What decides, by aggregation.

    Yields
    ------
    tuple
        Name of the classifier, sample_id, class and score as they are, and as decided.
    """
    for *columns, aggregation, k in ask(_CLASSIFIERS):
        values = dict(zip(_NAMES, columns, strict=True)) | {"tolerance": _TOLERANCE}
        of_views = values | ({"k": k} if aggregation == "topk" else {})
        yield from ask(_OTHERWISE.format(source=sources[aggregation]), of_views)
        # a mean is no sum of the largest where classes have other numbers of prompts
        if aggregation in ("topk", "sum"):
            yield from ask(_OTHER_WINNER, values | {"k": k})
