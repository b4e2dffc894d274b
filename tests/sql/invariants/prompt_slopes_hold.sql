-- prompt_slopes_hold: both ends of a slope are figures of classifiers of one model, and a verdict says what its interval does
-- audits: prompt_slopes
-- reads: prompt_slopes, accuracy_by_group, classifiers, encoders
-- todo: the view is wrong
select
    slopes.model,
    slopes.group_attribute,
    slopes.group_name,
    slopes.difference,
    slopes.verdict
from prompt_slopes as slopes
left join accuracy_by_group as one
    on
        slopes.classifier_single = one.classifier
        and slopes.dataset = one.dataset
        and slopes.split is not distinct from one.split
        and slopes.group_attribute = one.group_attribute
        and slopes.group_name = one.group_name
left join accuracy_by_group as many
    on
        slopes.classifier_ensemble = many.classifier
        and slopes.dataset = many.dataset
        and slopes.split is not distinct from many.split
        and slopes.group_attribute = many.group_attribute
        and slopes.group_name = many.group_name
left join classifiers as single on slopes.classifier_single = single.name
left join classifiers as ensemble on slopes.classifier_ensemble = ensemble.name
left join encoders as of_single on single.encoder_id = of_single.encoder_id
left join encoders as of_ensemble on ensemble.encoder_id = of_ensemble.encoder_id
where
    one.accuracy is distinct from slopes.accuracy_single
    or many.accuracy is distinct from slopes.accuracy_ensemble
    or least(one.n_samples, many.n_samples) is distinct from slopes.n_samples
    or of_single.architecture is distinct from of_ensemble.architecture
    or of_single.pretrained is distinct from of_ensemble.pretrained
    or single.prompt_set = ensemble.prompt_set
    or coalesce(slopes.model, '') = ''
    or not coalesce(abs(slopes.accuracy_ensemble - slopes.accuracy_single - slopes.difference) < 1e-9, false)
    or not coalesce(slopes.ci_low between -1 - 1e-9 and slopes.difference + 1e-9, false)
    or not coalesce(slopes.ci_high between slopes.difference - 1e-9 and 1 + 1e-9, false)
    or (slopes.p_value is not null and slopes.group_attribute <> 'overall')
    or not (slopes.p_value between 0 and 1)
    or slopes.verdict is distinct from case
        when slopes.group_attribute = 'overall' and coalesce(slopes.p_value, 1) >= 0.05 then 'may be chance'
        when slopes.group_attribute = 'overall' and slopes.difference > 0 then 'better'
        when slopes.group_attribute = 'overall' then 'worse'
        when slopes.ci_low > 0 then 'better'
        when slopes.ci_high < 0 then 'worse'
        else 'may be chance'
    end
