-- prompt_wordings: which prompts of a set say the same of different classes
-- grain: prompt_set, attribute, prompt
-- units: wording is the text of such a prompt for the class of the lowest ordinal
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
    inner join prompts on prompt_classes.prompt_id = prompts.prompt_id
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
    group by prompt_set, attribute
),

common as (
    select
        spoken.prompt_set,
        spoken.attribute,
        spoken.word
    from spoken
    inner join class_counts
        on
            spoken.prompt_set = class_counts.prompt_set
            and spoken.attribute = class_counts.attribute
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
    group by prompt_set, attribute
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
    inner join class_prompts
        on
            tokens.prompt_set = class_prompts.prompt_set
            and tokens.attribute = class_prompts.attribute
            and tokens.class = class_prompts.class
    left join common_words
        on
            tokens.prompt_set = common_words.prompt_set
            and tokens.attribute = common_words.attribute
),

wordings as (
    select
        prompt_set,
        attribute,
        frame,
        arg_min(text, { 'ordinal': ordinal, 'text': text }) as wording
    from framed
    group by prompt_set, attribute, frame
    having count(distinct class) = any_value(n_classes)
)

select
    framed.prompt_set,
    framed.attribute,
    framed.class,
    framed.ordinal,
    framed.n_classes,
    framed.prompt_id,
    wordings.wording
from framed
inner join wordings
    on
        framed.prompt_set = wordings.prompt_set
        and framed.attribute = wordings.attribute
        and framed.frame = wordings.frame
