-- neighbours_refer: neighbours belong to a search, and a search to an encoder
-- audits: neighbours, neighbour_searches, encoders
-- reads: neighbours, neighbour_searches, encoders
-- todo: delete these rows with `facestore sql --write`, and run `facestore dedup --cosine` again
with searched as (
    select encoder_id from neighbours
    union
    select encoder_id from neighbour_searches
)

select
    searched.encoder_id,
    if(encoders.encoder_id is null, 'unknown encoder', 'no search') as problem
from searched
left join encoders on searched.encoder_id = encoders.encoder_id
left join neighbour_searches on searched.encoder_id = neighbour_searches.encoder_id
where
    encoders.encoder_id is null
    or neighbour_searches.encoder_id is null
