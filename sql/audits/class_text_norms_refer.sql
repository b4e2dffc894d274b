-- class_text_norms_refer: the length of a mean text vector belongs to an encoder and a class of a prompt set
-- audits: class_text_norms
-- reads: class_text_norms, encoders, prompt_classes
-- todo: `facestore doctor --repair` drops them; `facestore score` makes those that are needed
select
    class_text_norms.encoder_id,
    class_text_norms.prompt_set,
    class_text_norms.attribute,
    class_text_norms.class,
    if(encoders.encoder_id is null, 'unknown encoder', 'no prompt names it') as problem
from class_text_norms
left join encoders on class_text_norms.encoder_id = encoders.encoder_id
where
    encoders.encoder_id is null
    or (class_text_norms.prompt_set, class_text_norms.attribute, class_text_norms.class) not in (
        select (prompt_set, attribute, class) from prompt_classes
    )
