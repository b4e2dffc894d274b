-- yes_no_attributes: Yes/no attributes
-- text: Prompts for several yes/no attributes as one task, as CelebA's forty: how well the margin of the positive class over the
-- negative one ranks pictures, as the mean over the attributes of average precision and of AUC, with 95 % intervals for other
-- samples; and the mean accuracies. By chance average precision is the share of pictures that have the attribute, AUC 0.5.
-- The view ranking_by_class has each attribute.
-- empty: No prompt set has classifiers of several yes/no attributes.
-- command: facestore bench DATASET --model ViT-L-14,openai
-- head: model
select
    model,
    prompt_set,
    aggregation,
    k,
    dataset,
    split,
    seen,
    n_samples,
    n_attributes,
    n_undefined,
    mean_average_precision,
    ci_low,
    ci_high,
    mean_auc,
    ci_low_auc,
    ci_high_auc,
    mean_accuracy,
    mean_balanced_accuracy
from yes_no_summary
order by dataset asc, split asc, seen asc nulls first, mean_average_precision desc nulls last, classifier asc
