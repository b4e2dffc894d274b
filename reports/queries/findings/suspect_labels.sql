-- suspect_labels: how many labels several models contradict, attribute by attribute
select
    format(
        '{:,} {} of {} {} contradicted by several models',
        count(*),
        if(count(*) = 1, 'label', 'labels'),
        attribute,
        if(count(*) = 1, 'is', 'are')
    ) as sentence
from suspect_labels
group by attribute
order by count(*) desc, attribute asc
