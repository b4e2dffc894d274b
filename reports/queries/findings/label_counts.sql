-- label_counts: the attribute whose labels are most uneven, from the rarest label to the most frequent one
with ends as (
    select
        attribute,
        dataset,
        split,
        min(n_samples) as n_rarest,
        arg_min(label, { 'n': n_samples, 'name': label }) as rarest,
        max(n_samples) as n_largest,
        arg_min(label, { 'n': -n_samples, 'name': label }) as largest
    from label_counts
    where n_samples > 0
    group by all
    having count(*) > 1
)

select
    format(
        'Most uneven: {}, from {:,} ({}) to {:,} ({})',
        attribute,
        n_rarest,
        group_words(attribute, rarest),
        n_largest,
        group_words(attribute, largest)
    ) as sentence
from ends
order by n_largest / n_rarest desc, dataset asc, split asc, attribute asc
limit 1
