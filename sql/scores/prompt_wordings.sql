-- prompt_wordings: which prompts of a set say the same of different classes
-- grain: prompt_set, attribute, prompt
-- units: wording is the text of such a prompt for the class of the lowest ordinal; wording_number numbers the wordings
-- of all sets, from 1, and changes when another comes
-- reads: prompt_classes, prompts, class_prompts
-- note: two prompts have one wording if they differ only in words that do not occur with all classes,
-- such as man and woman, and in articles; wordings that lack a class are left out
with tokens as (
    select
        prompt_classes.prompt_set,
        prompt_classes.attribute,
        prompt_classes.class,
        prompt_classes.prompt_id,
        prompts.text,
        string_split(lower(prompts.text), ' ') as words
    from prompt_classes
    inner join prompts using (prompt_id)
),

spoken as (
    select
        prompt_set,
        attribute,
        class,
        unnest(words) as word
    from tokens
),

class_counts as (
    select
        prompt_set,
        attribute,
        any_value(n_classes) as n_classes
    from class_prompts
    group by all
),

common as (
    select
        spoken.prompt_set,
        spoken.attribute,
        spoken.word
    from spoken
    inner join class_counts using (prompt_set, attribute)
    where spoken.word not in ('a', 'an')
    group by spoken.prompt_set, spoken.attribute, spoken.word, class_counts.n_classes
    having count(distinct spoken.class) = class_counts.n_classes
),

common_words as (
    select
        prompt_set,
        attribute,
        list(word) as words
    from common
    group by all
),

framed as (
    select
        tokens.prompt_set,
        tokens.attribute,
        tokens.class,
        tokens.prompt_id,
        tokens.text,
        class_prompts.ordinal,
        class_prompts.n_classes,
        list_filter(
            tokens.words,
            lambda word: list_contains(coalesce(common_words.words, []), word)
        ) as frame
    from tokens
    inner join class_prompts using (prompt_set, attribute, class)
    left join common_words using (prompt_set, attribute)
),

wordings as (
    select
        prompt_set,
        attribute,
        frame,
        arg_min(text, { 'ordinal': ordinal, 'text': text }) as wording
    from framed
    group by all
    having count(distinct class) = any_value(n_classes)
)

select
    framed.prompt_set,
    framed.attribute,
    framed.class,
    framed.ordinal,
    framed.n_classes,
    framed.prompt_id,
    wordings.wording,
    dense_rank() over (
        order by framed.prompt_set asc, framed.attribute asc, wordings.wording asc
    ) as wording_number
from framed
inner join wordings using (prompt_set, attribute, frame)
