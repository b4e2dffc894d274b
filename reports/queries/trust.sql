-- trust: Can the data be trusted?
-- text: What the store itself shows about the data; not checked is no good news. n counts what was found.
-- head: topic
-- fold: yes
select
    topic,
    state,
    n,
    sentence,
    command
from trust_checks
order by place
