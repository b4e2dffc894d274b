-- prompts_refer: members of a prompt set and the classes that they name are known; a set is not empty
-- audits: prompts, prompt_sets, prompt_set_members, prompt_classes, classes
-- reads: prompts, prompt_sets, prompt_set_members, prompt_classes, classes
-- todo: add the prompt set again under another name with `facestore prompts add`
-- note: classes of an attribute of which none is known yet are not missed
select
    prompt_set_members.prompt_set,
    prompt_set_members.prompt_id,
    null as attribute,
    null as class,
    if(prompts.prompt_id is null, 'unknown prompt', 'unknown prompt set') as problem
from prompt_set_members
left join prompts on prompt_set_members.prompt_id = prompts.prompt_id
left join prompt_sets on prompt_set_members.prompt_set = prompt_sets.prompt_set
where
    prompts.prompt_id is null
    or prompt_sets.prompt_set is null
union all
select
    prompt_classes.prompt_set,
    prompt_classes.prompt_id,
    prompt_classes.attribute,
    prompt_classes.class,
    if(members.prompt_id is null, 'no member of the set', 'unknown class') as problem
from prompt_classes
left join prompt_set_members as members
    on
        prompt_classes.prompt_set = members.prompt_set
        and prompt_classes.prompt_id = members.prompt_id
left join classes as known
    on
        prompt_classes.attribute = known.attribute
        and prompt_classes.class = known.class
where
    members.prompt_id is null
    or (
        known.class is null
        and prompt_classes.attribute in (select attribute from classes)
    )
union all
select
    prompt_set,
    null as prompt_id,
    null as attribute,
    null as class,
    'no members' as problem
from prompt_sets
where prompt_set not in (select prompt_set from prompt_set_members)
union all
select
    null as prompt_set,
    prompt_id,
    null as attribute,
    null as class,
    'blank text' as problem
from prompts
where trim(text) = ''
