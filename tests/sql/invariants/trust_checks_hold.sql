-- trust_checks_hold: each topic once, and what was not looked for is not called fine
-- audits: trust_checks
-- reads: trust_checks, main_classifiers, samples, duplicate_groups
-- todo: the view is wrong
with facts as (
    select
        (select count(*) from main_classifiers) as n_main,
        (select count(image_id) from samples) as n_pictures,
        (select count(distinct group_id) from duplicate_groups) as n_duplicates
)

select
    found.*,
    facts.*
from (values ('coverage'), ('suspect labels'), ('duplicates'), ('conflicting labels'), ('leakage'))
    as topics (topic)
full outer join trust_checks as found using (topic)
left join facts on true
where
    found.state is null
    or topics.topic is null
    or found.state not in ('fine', 'look', 'not checked')
    or (found.n is null) is distinct from (found.state = 'not checked')
    or (found.n > 0) is distinct from if(found.state = 'not checked', null, found.state = 'look')
    or coalesce(found.sentence, '') = ''
    or coalesce(found.command, '') = ''
    or (found.topic = 'coverage' and found.n > 1)
    or (found.topic = 'coverage' and (found.state = 'not checked') <> (facts.n_main = 0))
    or (
        found.topic in ('duplicates', 'conflicting labels')
        and (found.state = 'not checked') <> (facts.n_pictures = 0)
    )
    or (found.topic = 'duplicates' and coalesce(found.n, 0) <> if(facts.n_pictures = 0, 0, facts.n_duplicates))
