-- scored_prompts: which prompts have similarities with samples of which data set and split
-- grain: encoder, prompt, dataset, split
-- units: n_samples counts samples
-- reads: similarities, samples
-- note: of prompts that were scored in a stream no similarity is kept, see streams
select
    similarities.encoder_id,
    similarities.prompt_id,
    samples.dataset,
    samples.split,
    count(*) as n_samples
from similarities
inner join samples using (sample_id)
group by all
