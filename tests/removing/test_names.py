"""Names are changed with all that refers to them; what is removed goes whole."""

from __future__ import annotations

import re

import duckdb
import pytest
from removing.conftest import ANNA, PROMPTS, import_few, well

from facestore import Store
from facestore.errors import InputError, UnknownNameError
from facestore.removing import finish as finishing
from facestore.removing.plan import Removal, begin

USUAL = "RN50 theirs imported original_clip_labels_v2 gender sum"


def everything(store, but=()):
    """Return all rows of all tables but for the log, as text."""
    names = store.sql("select table_name from duckdb_tables() where schema_name = 'main'").fetchall()  # fmt: skip
    return {
        name: store.sql(f"from {name} order by all").fetchall()
        for (name,) in names
        if name not in ("runs", *but)
    }


def keys_of(store):
    return {
        name: sorted(key for keys in store.vectors.table(name).key_batches() for key in keys)
        for name in store.vectors.names()
    }


def named_in(store, text):
    """Return the tables that have a word in some value."""
    word = re.compile(rf"\b{re.escape(text)}\b")
    return {
        name
        for name, rows in everything(store).items()
        if any(word.search(str(each)) for row in rows for each in row)
    }


def test_a_data_set_has_another_name_and_so_has_all_that_names_it(store, folder):
    before = {t: store.sql(f"from {t} order by all").fetchall() for t in ("labels", "predictions", "similarities")}  # fmt: skip
    store.set_kind("faces", "portraits")
    store.rename_dataset("faces", "people'26")
    # there it is a kind
    assert named_in(store, "faces") == {"dataset_kinds"}
    assert store.kinds() == [("people'26", "portraits")]
    assert store.sql("select kind from dataset_kinds where dataset = 'faces'").fetchall() == []
    assert not any("faces" in key for keys in keys_of(store).values() for key in keys)
    assert {t: store.sql(f"from {t} order by all").fetchall() for t in before} == before
    assert well(store) == []
    # the same question is known by its new name
    again = store.explain([f"people'26/{ANNA}"], classifier="probe gender", method="relevancy", device="cpu", workers=0, images=folder / "pictures")  # fmt: skip
    assert (again.n_new, again.skipped) == (0, ())
    with pytest.raises(UnknownNameError):
        store.rename_dataset("faces", "x")


def test_a_name_that_is_taken_is_refused(few, few_folder):
    import_few(few, few_folder, "zz-more")
    with pytest.raises(InputError, match=r"There is a data set 'zz-more'.*merge dataset"):
        few.rename_dataset("faces", "zz-more")
    with pytest.raises(InputError, match="empty"):
        few.rename_dataset("faces", " ")
    few.predict(attribute="gender", prompt_set=PROMPTS, name="mine")
    with pytest.raises(InputError, match="There is a classifier 'mine' already"):
        few.rename_classifier(USUAL, "mine")


def test_a_classifier_and_a_prompt_set_are_called_otherwise(few, few_folder):
    texts = [each.text for each in few.prompt_set(PROMPTS).prompts][:4]
    (few_folder / "mine.yaml").write_text(
        "prompt_set: mine\nprompts:\n"
        + "".join(f"- {{text: {text!r}, classes: {{gender: {('Male', 'Female')[i % 2]}}}}}\n" for i, text in enumerate(texts))
    )  # fmt: skip
    few.add_prompts(few_folder / "mine.yaml")
    few.score("mine")
    few.predict(attribute="gender", prompt_set="mine")
    few.predict(attribute="gender", prompt_set="mine", aggregation="mean", name="chosen mine")
    few.execute("insert into published_figures by name select 'p' as source, 'RN50 theirs imported mine gender sum' as classifier, 'mine' as prompt_set, 'faces' as dataset, 'gender' as attribute, 'overall' as group_attribute, 'accuracy' as metric, 0.5 as value")  # fmt: skip
    few.rename_prompt_set("mine", "ours")
    # a name that somebody chose is nobody's business
    assert named_in(few, "mine") == {"classifiers"}
    assert few.catalog.predictions.names() == [USUAL, "RN50 theirs imported ours gender sum", "chosen mine"]  # fmt: skip
    assert few.predict(attribute="gender", prompt_set="ours").changes.n_new == 0
    few.rename_classifier("chosen mine", "best")
    assert named_in(few, "mine") == set()
    few.rename_classifier("RN50 theirs imported ours gender sum", "zs")
    assert few.sql("select classifier, prompt_set from published_figures").fetchall() == [("zs", "ours")]  # fmt: skip
    assert well(few) == []
    with pytest.raises(InputError, match="comes with facestore and cannot be renamed"):
        few.rename_prompt_set(PROMPTS, "mine")


def test_an_imported_encoder_is_said_to_be_another_model(few, few_folder):
    old = few.catalog.encoders.find("RN50")
    before = few.vectors.images(old.vectors).get(["sample:faces/zq-1.jpg"])
    few.rename_encoder("RN50 theirs imported", "ViT-L-14,openai")
    new = few.catalog.encoders.find("ViT-L-14,openai")
    assert (new.name, new.vectors) == ("ViT-L-14 openai imported", new.record.vectors)
    assert few.vectors.names() == [f"{new.vectors}.images", f"{new.vectors}.texts"]
    after = few.vectors.images(new.vectors).get(["sample:faces/zq-1.jpg"])
    assert {k: v.tobytes() for k, v in after.items()} == {k: v.tobytes() for k, v in before.items()}
    assert few.catalog.predictions.names() == [USUAL.replace("RN50 theirs", "ViT-L-14 openai")]
    assert named_in(few, "RN50") == set()
    assert well(few) == []
    n_before = few.sql("select count(*) from similarities").fetchone()
    few.score(PROMPTS)
    assert few.sql("select count(*) from similarities").fetchone() == n_before


def test_an_encoder_that_was_loaded_here_keeps_the_name_of_what_it_was_loaded_from(store):
    with pytest.raises(InputError, match="'tiny fp32' was loaded here"):
        store.rename_encoder("tiny", "other")


def test_two_data_sets_become_one_and_a_sample_that_both_have_is_one(few, few_folder):
    import_few(few, few_folder, "zz-more")
    few.execute("delete from labels where sample_id = 1")
    few.execute("update samples set path = 'only-' || path where sample_id >= 13")
    few.execute("delete from neighbours; delete from neighbour_searches")
    for name in few.vectors.names():  # as if they had been imported so
        few.vectors.remove(name)
    few.execute("delete from vector_batches")
    few.execute("delete from similarities; delete from predictions; delete from class_text_norms; delete from classifiers")  # fmt: skip
    few.execute("insert into labels by name select sample_id, 'race' as attribute, 'White' as label from samples where sample_id = 9")  # fmt: skip
    summary = few.merge_dataset("zz-more", "faces")
    assert (summary.n_moved, summary.n_same) == (4, 4)
    assert few.sql("select count(*), count(distinct path) from samples where dataset = 'faces'").fetchone() == (12, 12)  # fmt: skip
    assert few.sql("select label from labels where sample_id = 1 order by 1").fetchall() == [("Male",), ("White",)]  # fmt: skip
    assert named_in(few, "zz-more") == set()
    assert well(few) == []


def annotate(store, rows):
    """Write annotations: sample, attribute, annotator, label, n."""
    store.execute(
        f"insert into annotations values {', '.join(map(str, rows))}".replace("None", "null")
    )


def test_annotations_of_both_become_those_of_one_and_what_differs_is_refused(few, few_folder):
    import_few(few, few_folder, "zz-more")
    few.execute("delete from vector_batches")
    for name in few.vectors.names():
        few.vectors.remove(name)
    said = [
        (1, "gender", "ann", "Male", 1),
        (1, "gender", "bob", "Female", 1),
        (2, "gender", None, "Male", 2),
    ]
    annotate(few, [*said, (2, "gender", None, "Female", 1)])
    # of the same samples: what is there already, another annotator, the same counts, and more
    annotate(few, [(9, "gender", "ann", "Male", 1), (9, "gender", "eve", "Male", 1)])
    annotate(
        few,
        [
            (10, "gender", None, "Female", 1),
            (10, "gender", None, "Male", 2),
            (11, "race", None, "White", 3),
        ],
    )
    differing = {
        "update annotations set label = 'Female' where sample_id = 9 and annotator = 'ann'":
            "update annotations set label = 'Male' where sample_id = 9 and annotator = 'ann'",
        "update annotations set n = 3 where sample_id = 10 and label = 'Male'":
            "update annotations set n = 2 where sample_id = 10 and label = 'Male'",
        "delete from annotations where sample_id = 10 and label = 'Female'":
            "insert into annotations values (10, 'gender', null, 'Female', 1)",
        "update annotations set annotator = 'cy', n = 1 where sample_id = 10 and label = 'Male'":
            "update annotations set annotator = null, n = 2 where sample_id = 10 and label = 'Male'",
    }  # fmt: skip
    for spoil, repair in differing.items():
        few.execute(spoil)
        with pytest.raises(InputError, match=r"1 path of 'zz-more' is .*other annotations"):
            few.merge_dataset("zz-more", "faces")
        few.execute(repair)
    assert few.merge_dataset("zz-more", "faces").n_same == 8
    assert few.sql("from annotations order by all").fetchall() == sorted(
        [
            *said,
            (1, "gender", "eve", "Male", 1),
            (2, "gender", None, "Female", 1),
            (3, "race", None, "White", 3),
        ],
        key=lambda row: (row[0], row[1], row[2] or "z", row[3]),
    )
    assert [each.name for each in few.doctor("annotations") if each.n_bad] == []


def test_annotations_go_with_their_data_set(few, few_folder):
    import_few(few, few_folder, "zz-more")
    annotate(few, [(1, "gender", "ann", "Male", 1), (9, "gender", "ann", "Male", 1)])
    few.remove_dataset("zz-more")
    assert few.sql("select sample_id from annotations").fetchall() == [(1,)]


def test_vectors_of_names_go_along_and_what_differs_is_refused(few, few_folder):
    import_few(few, few_folder, "zz-more")
    few.score(PROMPTS)
    few.predict(attribute="gender", prompt_set=PROMPTS)
    n_before = few.sql("select count(*) from predictions").fetchone()
    few.execute("update labels set label = 'Male' where sample_id in (10, 12)")
    before = everything(few)
    with pytest.raises(InputError, match=r"2 paths of 'zz-more' are something else in 'faces' \(zq-1.jpg: other labels, zq-3"):  # fmt: skip
        few.merge_dataset("zz-more", "faces")
    assert everything(few) == before
    few.execute("update labels set label = 'Female' where sample_id in (10, 12)")
    assert few.merge_dataset("zz-more", "faces").n_same == 8
    assert n_before == (16,)
    assert few.sql("select count(*) from predictions").fetchone() == (8,)
    (images, _) = keys_of(few).values()
    assert images == [f"sample:faces/zq-{i}.jpg" for i in range(8)]
    assert well(few) == []
    with pytest.raises(InputError, match="the same data set"):
        few.merge_dataset("faces", "faces")


def test_a_data_set_is_removed_with_vectors_of_no_other_and_the_file_shrinks(few, few_folder):
    import_few(few, few_folder, "zz-more")
    few.import_labels(few_folder / "few.csv", dataset="third", create_samples=True)
    before = {t: few.sql(f"from {t} order by all").fetchall() for t in ("labels", "predictions", "similarities")}  # fmt: skip
    dry = few.remove_dataset("zz-more", dry_run=True)
    assert dry.counts["n_samples"] == 8
    summary = few.remove_dataset("zz-more")
    assert (summary.counts["n_samples"], summary.freed.n_vectors) == (8, 8)
    few.remove_dataset("third")
    assert set(few.catalog.samples.datasets()) == {"faces"}
    assert {t: few.sql(f"from {t} order by all").fetchall() for t in before} == {
        t: [row for row in rows if t != "labels" or row[0] <= 8] for t, rows in before.items()
    }
    assert well(few) == []
    with pytest.raises(UnknownNameError, match="No data set 'zz-more'"):
        few.remove_dataset("zz-more")


def test_what_others_rely_on_is_refused_in_one_line_and_goes_with_them(few, few_folder):
    with pytest.raises(InputError, match=r"1 classifier relies on .*give `with_classifiers=True`"):
        few.remove_encoder("RN50")
    with pytest.raises(InputError, match="comes with facestore and cannot be removed"):
        few.remove_prompt_set(PROMPTS)
    summary = few.remove_encoder("RN50", with_classifiers=True)
    assert summary.classifiers == (USUAL,)
    assert few.catalog.encoders.all() == []
    assert few.vectors.names() == []
    assert not list((few_folder / "store" / "vectors").iterdir())
    for table in ("classifiers", "predictions", "similarities", "neighbours", "neighbour_searches", "vector_batches", "class_text_norms"):  # fmt: skip
        assert few.sql(f"select count(*) from {table}").fetchone() == (0,)
    assert few.sql("select count(*) from labels").fetchone() == (8,)
    assert well(few) == []


def test_a_prompt_set_goes_with_prompts_of_no_other(few, few_folder):
    (few_folder / "mine.json").write_text('{"man": "a photo of a man", "woman": "words of nobody else, a woman"}')  # fmt: skip
    few.add_prompts(few_folder / "mine.json", name="mine")
    few.execute("insert into similarities select 1, prompt_id, 1, 0.5 from prompts where text like 'words of%'")  # fmt: skip
    n_before = few.sql("select count(*) from similarities").fetchone()[0]
    few.remove_prompt_set("mine")
    assert few.sql("select count(*) from prompts where text like 'words of%'").fetchone() == (0,)
    assert few.sql("select count(*) from prompts where text = 'a photo of a man'").fetchone() == (1,)  # fmt: skip
    assert few.sql("select count(*) from similarities").fetchone() == (n_before - 1,)
    assert "mine" not in few.catalog.prompts.names()
    assert well(few) == []


def test_a_trained_classifier_goes_with_its_file_and_others_keep_theirs(store, folder):
    heads = folder / "store" / "heads"
    (heads / "probe.x.safetensors").write_bytes(b"of somebody else")
    assert {each.name for each in heads.iterdir() if not each.name.startswith(".")} == {"probe.safetensors", "probe.md", "probe.x.safetensors"}  # fmt: skip
    summary = store.remove_classifier("probe gender")
    assert summary.freed.files == ("heads/probe.safetensors", "heads/probe.md")
    assert [each.name for each in heads.iterdir() if not each.name.startswith(".")] == ["probe.x.safetensors"]  # fmt: skip
    assert store.sql("select count(*) from explanations").fetchone() == (0,)
    assert well(store) == []


def test_killed_between_rows_and_files_the_same_command_ends_it(few, few_folder, monkeypatch):
    calls = {
        "rename": lambda store: store.rename_dataset("faces", "new"),
        "merge": lambda store: store.merge_dataset("new", "other"),
        "remove": lambda store: store.remove_dataset("other"),
        "encoder": lambda store: store.remove_encoder("RN50", with_classifiers=True),
    }

    def die(*_):
        raise SystemError

    few.import_labels(few_folder / "few.csv", dataset="other", create_samples=True)
    few.close()
    for call in calls.values():
        with Store.open(few_folder / "store") as store, monkeypatch.context() as patched:
            patched.setattr(finishing, "finish", die)
            with pytest.raises(SystemError):
                call(store)
        with Store.open(few_folder / "store") as again:
            call(again)
    with Store.open(few_folder / "store") as again:
        assert well(again) == []
        assert again.sql("select count(*) from samples").fetchone() == (0,)


def test_what_is_yours_in_the_store_is_still_there_once_the_file_is_written_anew(few, few_folder):
    few.close()
    with duckdb.connect(few_folder / "store" / "facestore.duckdb") as con:
        con.execute("create table mine.notes (sample_id integer primary key, note varchar default 'x')")  # fmt: skip
        con.execute("insert into mine.notes values (2, 'keep')")
        con.execute("create view mine.both as from mine.notes inner join samples using (sample_id)")
    few.forget(["zq-2.jpg"])
    assert few.sql("select note, path from mine.both").fetchall() == [("keep", "zq-1.jpg")]
    assert few.sql("select note from mine.notes").fetchall() == [("keep",)]


def test_a_note_of_somebody_else_takes_out_nothing_that_rows_rely_on_or_that_lies_outside(
    few, few_folder
):
    (few_folder / "outside.lance").mkdir()
    (few_folder / "outside.safetensors").write_text("mine")
    names = few.vectors.names()
    note = Removal(
        "forget",
        keys=tuple(key for keys in keys_of(few).values() for key in keys),
        tables=(*names, "../../outside"),
        heads=("../../outside.safetensors",),
        is_secret=True,
    )
    begin(few, note)
    before = everything(few), keys_of(few)
    few.forget()
    assert (everything(few), keys_of(few)) == before
    assert (few_folder / "outside.lance").exists()
    assert (few_folder / "outside.safetensors").exists()
    assert well(few) == []


def test_commands(facestore, few_folder):
    at = ["--store", few_folder / "store"]
    assert facestore("rename", "dataset", "faces", "new", *at).out == "data set 'faces' is called 'new' now\n"  # fmt: skip
    wrong = facestore("remove", "encoder", "RN50", *at)
    assert (wrong.status, wrong.err.count("\n")) == (1, 1)
    assert "--with-classifiers" in wrong.err
    assert facestore("remove", "dataset", "new", "--dry-run", *at).out == "would remove data set 'new': 8 samples\n"  # fmt: skip
    assert facestore("remove", "dataset", "new", *at).out.startswith("removed data set 'new': ")
    assert facestore("merge", "dataset", "new", "new", *at).status == 1
