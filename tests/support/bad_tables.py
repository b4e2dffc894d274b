"""For every audit: statements, after each of which a good store is bad in its way."""

from __future__ import annotations

from support.spoiling import NAN, replaced, spoiled

BAD_TABLES: dict[str, list[str]] = {
    "tables_are_those_of_this_version": [
        "create or replace table labels as from labels",
        "alter table predictions add column mine integer",
        "alter table predictions alter column score type float",
        "drop table training_steps",
    ],
    "views_are_those_of_this_version": [
        # every prediction is right
        replaced("judged_predictions", "select * exclude (nth) replace (true as is_correct)"),
        "drop view leaderboard",
        "create or replace view leaderboard as select 1 as rank",
        "create or replace macro wilson_low(n_right, n_all) as 0",
        "create or replace macro wilson_low(a, b) as 0, (a, b, c) as 1",
        "drop macro table zero_shot_topk",
        "create macro sum(x) as 0",
        "create macro range(n) as table select 1",
    ],
    "others_keep_to_their_schema": [
        "create view mine as from labels",
        "create macro twice(x) as 2 * x",
        "create table notes (sample_id integer)",
        "create schema other; create view other.judged_predictions as select 1",
    ],
    "attributes_are_no_groups": [
        f"insert into classes values ('{name}', 'a', 1, null, null)"
        for name in ("overall", "gender x race", "CLIP-2 race")
    ],
    "samples_refer": [
        "update samples set dataset = 'other' where sample_id = 9",
        "update samples set image_id = repeat('0', 64) where sample_id = 9",
        "delete from datasets",
        "delete from images",
    ],
    "samples_say_something": [
        "insert into samples (sample_id, dataset, path) values (99, 'faces', 'x')",
    ],
    "images_are_plausible": [
        "insert into images (image_id) values (repeat('g', 64))",
        "insert into images (image_id) values ('abc')",
        "insert into images (image_id, width, height) values (repeat('a', 64), 0, 1)",
        "insert into images (image_id, width, height) values (repeat('a', 64), 1, -1)",
        "insert into images (image_id, width) values (repeat('a', 64), 1)",
        "insert into images (image_id, n_bytes) values (repeat('a', 64), 0)",
        "insert into images (image_id, phash) values (repeat('a', 64), 1)",
    ],
    "classes_are_ordered": [
        "insert into classes values ('gender', 'Other', 2, null, null)",
        "insert into classes values ('gender', 'Other', 0, null, null)",
        "insert into classes values ('age', 'old', 10, 65, 80)",
        "insert into classes values ('age', 'odd', 10, -1, -5)",
        f"insert into classes values ('age', 'odd', 10, {NAN}, null)",
        f"insert into classes values ('mood', 'odd', 1, 1, {NAN})",
    ],
    "labels_refer": [
        "insert into labels values (99, 'gender', 'Male', null)",
        "update labels set label = 'male' where sample_id = 1 and attribute = 'gender'",
        "insert into labels values (1, 'mood', 'happy', null)",
    ],
    "annotations_refer": [
        "insert into annotations values (99, 'gender', 'ann', 'Male', 1)",
        "update annotations set label = 'male' where sample_id = 1 and annotator = 'ann'",
        "insert into annotations values (6, 'mood', 'ann', 'happy', 1)",
        "delete from classes where attribute = 'skin_tone' and class = '9'",
        "insert into ordered_attributes values ('mood')",
    ],
    "annotations_are_whole": [
        "insert into annotations values (1, 'gender', 'ann', 'Female', 1)",
        "insert into annotations from annotations where annotator = 'ann' and sample_id = 1",
        "insert into annotations values (1, 'skin_tone', null, '2', 1)",
        "insert into annotations values (1, 'skin_tone', 'ann', '2', 1)",
        "insert into annotations values (6, 'gender', ' ', 'Male', 1)",
    ],
    "labels_fit_their_values": [
        "update labels set value = 19.9 where sample_id = 1 and attribute = 'age'",
        "update labels set value = 30 where sample_id = 1 and attribute = 'age'",
        "update labels set value = 'infinity' where sample_id = 7 and attribute = 'age'",
        "update labels set value = -5 where sample_id = 7 and attribute = 'age'",
        "update labels set value = 1e10 where sample_id = 4 and attribute = 'age'",
        "update labels set value = 'nan' where sample_id = 1 and attribute = 'gender'",
        "update labels set label = null where sample_id = 1 and attribute = 'gender'",
    ],
    "encoders_are_plausible": [
        "update encoders set dim = 0 where encoder_id = 1",
        "update encoders set logit_scale = 0 where encoder_id = 1",
        "update encoders set logit_scale = 'nan' where encoder_id = 1",
        "update encoders set logit_bias = 'infinity' where encoder_id = 1",
        "update encoders set n_parameters = 0 where encoder_id = 1",
        "update encoders set n_parameters = 5, n_parameters_image = 6 where encoder_id = 1",
        "update encoders set gflops = -1 where encoder_id = 1",
        "update encoders set gflops = 'nan' where encoder_id = 1",
        "update encoders set source = 'open_clip', dim = 8 where encoder_id = 1",
        "update encoders set source = 'open_clip', weights_sha256 = 'ab' where encoder_id = 1",
    ],
    "prompts_refer": [
        "insert into prompt_set_members values ('set', 99, null)",
        "insert into prompt_set_members values ('other', 1, null)",
        "insert into prompt_classes values ('set', 99, 'gender', 'Male')",
        "update prompt_classes set class = 'male' where prompt_id = 1",
        "insert into prompt_sets values ('empty', null)",
        "insert into prompts values (99, ' ')",
    ],
    "class_text_norms_refer": [
        "insert into class_text_norms values (99, 'set', 'gender', 'Male', 0.5)",
        "insert into class_text_norms values (1, 'other', 'gender', 'Male', 0.5)",
        "insert into class_text_norms values (1, 'set', 'gender', 'Other', 0.5)",
    ],
    "class_text_norms_in_range": [
        f"update class_text_norms set norm = {norm} where class = 'Male'"
        for norm in ("0", "-0.5", "1.1", NAN)
    ],
    "similarities_refer": [
        "insert into similarities values (99, 1, 1, 0.5)",
        "insert into similarities values (1, 99, 1, 0.5)",
        "insert into similarities values (1, 1, 99, 0.5)",
    ],
    "similarities_unique": [
        "insert into similarities from similarities limit 1",
        "insert into similarities select * replace (0.125 as cosine) from similarities limit 1",
    ],
    "streams_refer": [
        "update streamed_scores set encoder_id = 99",
        "update streamed_scores set prompt_set = 'unknown'",
        "update streamed_winners set sample_id = 99 where sample_id = 1",
        "update streamed_winners set stream_id = 99",
    ],
    "streams_are_current": [
        "update streamed_scores set prompts = ['Male: p1', 'Female: p4']",
        "update prompts set text = 'other' where prompt_id = 1",
        "update classes set ordinal = 3 - ordinal where attribute = 'gender'",
        "delete from prompt_classes where prompt_id = 5",
    ],
    "streamed_winners_are_whole": [
        "insert into streamed_winners from streamed_winners where sample_id = 1",
        "update streamed_winners set k_before = 8 where sample_id = 1",
        "update streamed_winners set k_before = 3 where sample_id = 1",
        "insert into streamed_winners select * replace (8 as k_before) from streamed_winners",
        "update streamed_winners set winner_3 = 0 where sample_id = 1",
        "update streamed_winners set winner_8 = 3 where sample_id = 1",
    ],
    "similarities_in_range": [
        f"update similarities set cosine = {cosine} where prompt_id = 1 and sample_id = 1"
        for cosine in ("1.01", "-1.01", "21.5", NAN)
    ],
    "classifiers_refer": [
        "update classifiers set encoder_id = 99 where classifier_id = 2",
        "update classifiers set encoder_id = null where classifier_id = 1",
        "update classifiers set encoder_id = null where kind = 'linear_probe'",
        "update classifiers set prompt_set = 'published' where classifier_id = 1",
        "update classifiers set aggregation = null where classifier_id = 1",
        "update classifiers set aggregation = 'sum' where classifier_id = 1",
        "update classifiers set k = null where classifier_id = 1",
        "update classifiers set k = 0 where classifier_id = 1",
    ],
    "predictions_refer": [
        "insert into predictions values (99, 1, 'Male', null, null, null)",
        "insert into predictions values (1, 99, 'Male', null, null, null)",
        "update predictions set predicted = 'male' where classifier_id = 1 and sample_id = 1",
        "update predictions set predicted = 'Male' where classifier_id = 3 and sample_id = 1",
    ],
    "predictions_unique": [
        "insert into predictions from predictions limit 1",
        "insert into predictions select * replace (9.0 as score) from predictions limit 1",
    ],
    "predictions_are_numbers": [
        "update predictions set score = 'nan' where classifier_id = 1 and sample_id = 1",
        "update predictions set margin = 'nan' where classifier_id = 1 and sample_id = 1",
        "update predictions set score = 'infinity' where classifier_id = 1 and sample_id = 1",
        "update predictions set margin = '-infinity' where classifier_id = 1 and sample_id = 1",
        "update predictions set value = 'infinity' where classifier_id = 4 and sample_id = 1",
        "update predictions set value = 1e10 where classifier_id = 4 and sample_id = 1",
    ],
    "classifier_data_refer": [
        "update classifier_data set classifier_id = 99",
        "update classifier_data set dataset = ' '",
        "update classifier_data set split = 'val' where is_whole",
    ],
    "training_steps_refer": ["update training_steps set classifier_id = 99"],
    "training_steps_in_range": [
        "update training_steps set step = 0",
        f"update training_steps set value = {NAN} where metric = 'loss'",
        "update training_steps set value = -0.1 where metric = 'loss'",
        "update training_steps set value = 'infinity' where metric = 'l2'",
        "update training_steps set value = 1.1 where metric = 'accuracy'",
        "update training_steps set value = 93.7, metric = 'balanced_accuracy' where metric = 'accuracy'",
    ],
    "trained_scores_are_shares": [
        "update predictions set score = 1.1 where classifier_id = 5",
        "update predictions set score = 0 where classifier_id = 5",
        "update predictions set margin = -0.1 where classifier_id = 5",
        "update predictions set margin = score + 0.1 where classifier_id = 5",
    ],
    "dataset_kinds_are_names": [
        "update dataset_kinds set kind = 'All' where dataset = 'cars'",
        "update dataset_kinds set kind = ' faces' where dataset = 'cars'",
        "update dataset_kinds set kind = '' where dataset = 'cars'",
        "insert into dataset_kinds values (' ', 'faces')",
    ],
    "settings_are_usable": [
        "delete from settings",
        "update settings set value = '0'",
        "update settings set value = 'few'",
        "update settings set value = 'some' where setting = 'keep_similarities'",
        "delete from settings where setting = 'keep_similarities'",
    ],
    "class_maps_are_whole": [
        "insert into class_maps values ('mine', 'gender', 'Male', 'M', false)",
        "insert into class_maps values ('UTKFace-5', 'race', 'x', 'East Asian', false)",
    ],
    "published_figures_in_range": [
        "update published_figures set value = 93.7",
        "update published_figures set value = 'nan'",
    ],
    "explanations_refer": [
        "update explanations set encoder_id = 99 where sample_id = 1",
        "update explanations set encoder_id = 2 where classifier_id is not null",
        "update explanations set classifier_id = 99 where classifier_id is not null",
        "update explanations set sample_id = 99 where sample_id = 5",
    ],
    "explanations_are_whole": [
        "update explanations set explanation_id = 'x' where sample_id = 5 and method = 'relevancy'",
        "update explanations set target = ' '",
        *(f"update explanations set score = {score}" for score in (NAN, "'infinity'")),
        "update explanations set grid_rows = 3, grid_cols = 3",
        "update explanations set grid_rows = -1, grid_cols = -1 where sample_id = 5",
        "update explanations set relevance = [] where sample_id = 5",
        "update explanations set relevance = [null, 1, 1, 1] where method = 'lime'",
        f"update explanations set relevance = [{NAN}, 1, 1, 1] where method = 'lime'",
        "update explanations set relevance = [-1] where sample_id = 5 and method = 'relevancy'",
        "update explanations set r_squared = null where method = 'lime'",
        "update explanations set r_squared = 0.5 where method = 'relevancy'",
        "update explanations set r_squared = 1.5 where method = 'lime'",
        "update explanations set r_squared_left_out = null where method = 'lime'",
        "update explanations set r_squared_left_out = 0.6 where method = 'lime'",
        f"update explanations set r_squared = {NAN} where method = 'lime'",
        "update explanations set parameters = '3'",
        *(
            f"update explanations set faithfulness = struct_update(faithfulness, {field} := {value}) "
            "where method = 'lime' and sample_id = 1"
            for field, value in (
                ("seed", "-1"), ("seed", "null"), ("span", "-1"), ("span", NAN), ("span", "null"),
                ("likeness", "1.5"), ("deletion", f"struct_update(faithfulness.deletion, own := {NAN})"),
                ("insertion", "struct_update(faithfulness.insertion, centre := null)"),
            )
        ),
    ],
    "explanations_unique": [
        "insert into explanations select * replace (repeat('f', 32) as explanation_id) "
        "from explanations limit 1",
    ],
    "neighbours_refer": [
        "insert into neighbours values (2, 'a', 'b', 0.99)",
        "insert into neighbours values (99, 'a', 'b', 0.99)",
        "insert into neighbour_searches values (99, 0.9, 2, '2026-01-01')",
    ],
    "neighbours_in_range": [
        *(f"update neighbours set cosine = {cosine}" for cosine in ("1.01", "0.89", "-1", NAN)),
        "update neighbours set key_a = key_b",
        "update neighbours set key_a = 'z'",
        "update neighbour_searches set n_vectors = 1",
        "delete from neighbours; update neighbour_searches set n_vectors = -1",
        *(f"update neighbour_searches set min_cosine = {cosine}" for cosine in ("0", "1.1", NAN)),
    ],
    "neighbours_unique": [
        "insert into neighbours from neighbours limit 1",
        "insert into neighbours select * replace (0.99 as cosine) from neighbours limit 1",
    ],
    "neighbours_have_samples": [
        "update neighbours set key_a = 'gone'",
        "update neighbours set key_b = 'zzz'",
    ],
    "excluded_samples_refer": [
        "insert into excluded_samples values (99, 'same content', 'keep-one', 5, 1)",
        "update excluded_samples set reason = 'ugly' where sample_id = 2",
        "update excluded_samples set policy = 'drop-some' where sample_id = 2",
        "update excluded_samples set max_distance = 13 where sample_id = 2",
        "update excluded_samples set kept_sample_id = 3 where sample_id = 2",
        "update excluded_samples set kept_sample_id = 12 where sample_id = 2",
        "update excluded_samples set kept_sample_id = 99 where sample_id = 2",
    ],
    "dataset_splits_refer": [
        "update dataset_splits set dataset = 'unknown'",
        "update dataset_splits set fractions = [0.5]",
        "update dataset_splits set fractions = [0.5, 0.4]",
        "update dataset_splits set fractions = [1.5, -0.5]",
        "update dataset_splits set splits = ['train', 'train']",
    ],
    "splits_keep_duplicates_together": [
        "insert into dataset_splits values ('faces', ['val', 'train'], [0.5, 0.5], [], 0, '2026-01-01')",
    ],
    "vector_batches_refer": ["update vector_batches set encoder_id = 99"],
    "vector_batches_are_whole": [
        "update vector_batches set first_row = 1 where first_row = 0",
        "update vector_batches set first_row = 3 where first_row = 2",
        "update vector_batches set n_rows = 3 where first_row = 0",
        "update vector_batches set n_rows = 0 where first_row = 2",
        "update vector_batches set row_checks = '\\x00'::blob where first_row = 2",
        "update vector_batches set sha256 = 'ab'",
        "delete from vector_batches where first_row = 0",
    ],
    "vector_indexes_refer": [
        "update vector_indexes set encoder_id = 99",
        "delete from vector_indexes",
        "delete from vector_certificates where query_kind = 'texts'",
        "update vector_certificate_queries set dataset = 'gone' where dataset = 'more'",
    ],
    "vector_certificates_in_range": [
        "update vector_indexes set n_rows = 0",
        f"update vector_indexes set cpu_seconds = {NAN}",
        "update vector_indexes set name = ' '",
        "update vector_indexes set parameters = '3'",
        *(
            f"update vector_certificates set {column} = 0"
            for column in ("k", "probes", "refine", "table_version")
        ),
        "update vector_certificates set n_unindexed = 5001",
        "update vector_certificates set n_unindexed = -1",
        *(f"update vector_certificates set max_growth = {n}" for n in ("-0.1", "1.1", NAN)),
        "update vector_certificate_queries set n_queries = 0, n_all_found = 0, n_hits = 0",
        "update vector_certificate_queries set n_all_found = n_queries + 1",
        "update vector_certificate_queries set n_hits = 6949 where dataset = 'faces'",
        "update vector_certificate_queries set n_hits = 6996 where dataset = 'faces'",
        f"update vector_certificate_queries set lowest_cosine = {NAN}",
    ],
    "counts_are_current": [
        "update predictions set predicted = 'Female' where classifier_id = 1",
        "delete from predictions where classifier_id = 5 and sample_id = 1",
        "update labels set label = 'Male' where sample_id = 2 and attribute = 'gender'",
        "update samples set split = 'test' where sample_id = 1",
        "insert into excluded_samples values (1, 'same content', 'keep-one', 5, null)",
        "update settings set value = 'gender' where setting = 'group_attributes'",
        "update samples set person_id = 'ann' where sample_id = 2",
        "update samples set person_id = null",
        *(
            f"update kept_cluster_counts set {column} = {column} + 1"
            for column in ("n_in_cluster", "n_clusters", "n_correct", "sum_n_correct_squared")
        ),
        *(
            f"update kept_cluster_sizes set {column} = {column} + 1"
            for column in ("n_samples", "n_clusters", "sum_of_squares")
        ),
        "update kept_sample_clusters set cluster_number = cluster_number + 1",
        "update kept_sample_clusters set first_path = 'other'",
        "delete from kept_sample_clusters where sample_id = 5",
        "update kept_prediction_counts set n_samples = n_samples + 1",
        "update kept_prediction_counts set label = null",
        "update kept_cell_counts set n_samples = n_samples + 1",
        "update kept_cell_groups set group_name = 'Other' where group_attribute = 'gender'",
        "update kept_label_counts set n_samples = n_samples + 1",
        "update kept_sample_cells set cell = (select max(cell) from kept_sample_cells)",
        "delete from kept_sample_cells where sample_id = 1",
        "update counted_datasets set attributes = ['gender']",
        *(f"delete from {table}" for table in (
            "counted_datasets", "counted_predictions", "kept_label_counts", "kept_cell_counts",
            "kept_cell_groups", "kept_sample_clusters", "kept_cluster_sizes", "kept_prediction_counts",
            "kept_cluster_counts",
        )),
    ],
    "bootstraps_refer": [
        "update bootstraps set classifier_id = 99",
        "update bootstraps set dataset = 'gone'",
        "delete from bootstraps where measure = 'mae'",
    ],
    "bootstraps_are_whole": [
        "insert into bootstraps select * replace (100 as bootstrap_id) from bootstraps limit 1; "
        "insert into bootstrap_figures select 100, replicate, value from bootstrap_figures "
        "where bootstrap_id = 1",
        "delete from bootstrap_figures where replicate = 2 and bootstrap_id = 1",
        "update bootstrap_figures set replicate = 1",
        "update bootstrap_figures set replicate = replicate - 1",
        "update bootstraps set n_replicates = 3",
        "update bootstraps set seed = -1",
        "update bootstraps set n_samples = 0",
        "update bootstraps set measure = 'accuracy' where measure = 'macro_f1'",
        f"update bootstrap_figures set value = {NAN} where bootstrap_id = 1",
        "update bootstrap_figures set value = -0.1 where bootstrap_id = 1",
        "update bootstraps set value = 1.1 where measure = 'macro_f1'",
    ],
    "forgotten_are_keyed": [
        "update forgotten set digest = 'anna.jpg'",
        "delete from forgotten_key",
        "insert into forgotten_key values (repeat('b', 64))",
        "update forgotten_key set key = 'secret'",
    ],
    "zero_shot_decisions_hold": [
        *(
            spoiled("zero_shot_decisions", column, value)
            for column, value in (
                ("predicted", "null"), ("score", "null"), ("score", NAN), ("margin", "-0.1"),
                ("score", "1.1"),
            )
        ),
        spoiled("zero_shot_decisions", "score", "'infinity'::double", "aggregation = 'sum'"),
        "update class_text_norms set norm = 0.1 where class = 'Female'",
    ],
}  # fmt: skip
