-- 0019: what SigLIP adds to a logit, and how large the model of an encoder is
-- data: none moves; encoders that are there get theirs when their model is loaded again; undo: drop the four columns

alter table encoders add column logit_bias double;
alter table encoders add column n_parameters bigint;
alter table encoders add column n_parameters_image bigint;
alter table encoders add column gflops double;
comment on column encoders.source is 'open_clip: loaded here, by any library; imported: only vectors, similarities or predictions';
comment on column encoders.architecture is 'as open_clip names it, timm:NAME or transformers:NAME, or as the import has it';
comment on column encoders.pretrained is 'tag of the weights, or name of a checkpoint';
comment on column encoders.logit_bias is 'added to logit_scale x cosine, as SigLIP is trained; NULL: none, or not known';
comment on column encoders.n_parameters is 'of the whole model; NULL until it is loaded';
comment on column encoders.n_parameters_image is 'of its image tower; NULL until it is loaded';
comment on column encoders.gflops is '1e9 floating point operations of its image tower for a picture; NULL until it is loaded';
