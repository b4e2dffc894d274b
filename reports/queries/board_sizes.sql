-- board_sizes: Size against the mean figure
-- text: The mean over the tasks that all models with most tasks have, by how large a model is: parameters and floating point
-- operations for a picture (GFLOPs) are counted when a model is loaded, so published models that were not loaded here have none.
-- On the line lie those that no model of the same size or less has beaten.
-- empty: Of fewer than two models of the board is known how large they are.
-- command: facestore bench --model ViT-B-32,openai --model ViT-L-14,openai FOLDER
-- head: model
-- fold: yes
select
    means.metric,
    means.model,
    sizes.n_parameters,
    sizes.n_parameters_image,
    sizes.gflops,
    means.n_shared,
    means.mean_shared,
    means.ci_low,
    means.ci_high,
    means.mean_shared = max(means.mean_shared) over up_to_parameters as is_best_of_parameters,
    sizes.gflops is not null
    and means.mean_shared = max(means.mean_shared) filter (where sizes.gflops is not null) over up_to_gflops
        as is_best_of_gflops
from benchmark_means as means
inner join board_metric using (metric)
inner join model_sizes as sizes using (model)
where means.kind = 'all' and means.mean_shared is not null and sizes.n_parameters is not null
window
    up_to_parameters as (
        order by sizes.n_parameters range between unbounded preceding and current row
    ),
    up_to_gflops as (order by sizes.gflops range between unbounded preceding and current row)
qualify count(*) over () > 1
order by
    sizes.n_parameters asc,
    means.model asc
