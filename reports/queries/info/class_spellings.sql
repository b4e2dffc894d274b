-- class_spellings: Classes that differ in spelling
-- text: A row a name, with the classes of one attribute that differ in letter case or punctuation alone.
select
    attribute,
    list(class order by ordinal) as classes
from classes
group by
    attribute,
    trim(regexp_replace(lower(nfc_normalize(class)), '[\s_/\\.,()''"-]+', ' ', 'g'))
having count(*) > 1
order by attribute, classes
