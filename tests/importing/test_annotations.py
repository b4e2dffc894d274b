"""Annotations: what is read of a table, what replaces what, and what is refused."""

from __future__ import annotations

import polars as pl
import pytest

from facestore.errors import InputError, OtherValuesError, ParametersError, TableError
from facestore.mappings import LabelMapping
from facestore.store import Store

LONG = [
    ("val/1.jpg", "ann", "f"),
    ("val/1.jpg", "bob", "Female"),
    ("val/2.jpg", "ann", "Male"),
    ("val/2.jpg", "bob", "woman"),
    ("val/3.jpg", "bob", "M"),
]
ROWS = [
    ("val/1.jpg", "ann", "Female", 1),
    ("val/1.jpg", "bob", "Female", 1),
    ("val/2.jpg", "ann", "Male", 1),
    ("val/2.jpg", "bob", "Female", 1),
    ("val/3.jpg", "bob", "Male", 1),
]
TONES = [f"skin_tone_{i}" for i in range(1, 11)]


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def annotated(store, tmp_path):
    table = long(tmp_path, LONG)
    store.import_annotations(table, dataset="d", create_samples=True)
    return store


def long(tmp_path, rows, columns=("file", "annotator", "gender"), name="long.csv"):
    pl.DataFrame(rows, schema=list(columns), orient="row").write_csv(tmp_path / name)
    return tmp_path / name


def tones(tmp_path, counts, name="tones.csv", **more):
    """Write a row a file, with the counts of the tones that are given."""
    rows = [{"file": file} | {f"skin_tone_{t}": n for t, n in of.items()} for file, of in counts]
    table = pl.DataFrame(rows, schema=["file", *TONES])
    table.with_columns(**more).write_csv(tmp_path / name)
    return tmp_path / name


def rows_of(store, attribute="gender"):
    query = (
        "select path, annotator, label, n from annotations inner join samples using (sample_id) "
        f"where attribute = '{attribute}' order by all"
    )
    return store.sql(query).fetchall()


def test_annotators_by_name_are_a_row_each(annotated):
    assert rows_of(annotated) == ROWS
    consensus = (
        "select path, label, agreement, is_unanimous, is_tie from annotation_consensus order by all"
    )
    assert annotated.sql(consensus).fetchall() == [
        ("val/1.jpg", "Female", 1.0, True, False),
        ("val/2.jpg", None, 0.5, False, True),
        ("val/3.jpg", "Male", 1.0, False, False),
    ]
    assert annotated.sql("from labels").fetchall() == []


def test_one_attribute_may_be_in_a_column_label(store, tmp_path):
    table = long(tmp_path, LONG, ("image", "rater id", "label"))
    with pytest.raises(TableError, match="`columns=gender=label`"):
        store.import_annotations(table, dataset="d", create_samples=True)
    for said in (
        {"attributes": ["gender"]},
        {"mapping": LabelMapping.of(columns=["gender=label"])},
    ):
        store.import_annotations(table, dataset="d", create_samples=True, **said)
        assert rows_of(store) == ROWS


def test_without_annotators_labels_are_counted(store, tmp_path):
    table = long(tmp_path, [(file, label) for file, _, label in LONG], ("file", "gender"))
    summary = store.import_annotations(table, dataset="d", create_samples=True)
    assert rows_of(store) == [
        ("val/1.jpg", None, "Female", 2),
        ("val/2.jpg", None, "Female", 1),
        ("val/2.jpg", None, "Male", 1),
        ("val/3.jpg", None, "Male", 1),
    ]
    assert (summary.n_rows, summary.n_new, summary.n_created) == (4, 4, 3)


@pytest.mark.parametrize(
    ("column", "said"), [("n", {}), ("how many", {"count_column": "How_many"})]
)
def test_a_label_may_have_how_many_say_it(store, tmp_path, column, said):
    rows = [
        ("1.jpg", "f", 2),
        ("1.jpg", "M", 1),
        ("2.jpg", "F", 3),
        ("2.jpg", "woman", 1),
        ("2.jpg", "M", 0),
    ]
    table = long(tmp_path, rows, ("file", "gender", column))
    store.import_annotations(table, dataset="d", create_samples=True, **said)
    assert rows_of(store) == [
        ("1.jpg", None, "Female", 2),
        ("1.jpg", None, "Male", 1),
        ("2.jpg", None, "Female", 4),
    ]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "json", "jsonl"])
def test_counts_of_skin_tones_as_facet_has_them(store, tmp_path, suffix):
    counts = [("1.jpg", {2: 3}), ("2.jpg", {2: 1, 3: 1, 10: 1}), ("3.jpg", {})]
    path = tones(tmp_path, counts, skin_tone_na=pl.Series([0, 0, 3]))
    table = pl.read_csv(path).fill_null(0)
    path = tmp_path / f"tones.{suffix}"
    write = {"csv": "write_csv", "json": "write_json", "jsonl": "write_ndjson"}
    getattr(table, write.get(suffix, "write_parquet"))(path)
    store.import_annotations(path, dataset="facet", create_samples=True)
    assert rows_of(store, "skin_tone") == [
        ("1.jpg", None, "2", 3),
        ("2.jpg", None, "10", 1),
        ("2.jpg", None, "2", 1),
        ("2.jpg", None, "3", 1),
    ]
    classes = "select class, ordinal from classes where attribute = 'skin_tone' order by ordinal"
    assert store.sql(classes).fetchall() == [(str(i), i) for i in range(1, 11)]
    ordered = "from ordered_attributes order by all"
    assert store.sql(ordered).fetchall() == [("age",), ("skin_tone",)]


def test_columns_of_counts_by_a_pattern_and_with_other_words(store, tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("file,n_masc,n_fem,n_na,other\n1.jpg,2,1,0,x\n2.jpg,,3.0,,y\n")
    mapping = LabelMapping.of(
        columns=["gender=n_{class}"], maps=["gender:masc=Male", "gender:fem=Female"]
    )
    store.import_annotations(path, dataset="d", create_samples=True, mapping=mapping)
    assert rows_of(store) == [
        ("1.jpg", None, "Female", 1),
        ("1.jpg", None, "Male", 2),
        ("2.jpg", None, "Female", 3),
    ]


def test_the_same_again_does_nothing_and_another_word_replaces(annotated, tmp_path):
    table = tmp_path / "long.csv"
    summary = annotated.import_annotations(table, dataset="d")
    assert (summary.n_new, summary.n_met, rows_of(annotated)) == (0, 3, ROWS)
    other = long(tmp_path, [("1.jpg", "ann", "Male"), ("1.jpg", "eve", "Male")], name="more.csv")
    summary = annotated.import_annotations(other, dataset="d")
    assert summary.n_new == 2
    assert "1 row that said otherwise was replaced" in summary.notes
    replaced = [("val/1.jpg", "ann", "Male", 1), *ROWS[1:], ("val/1.jpg", "eve", "Male", 1)]
    assert rows_of(annotated) == sorted(replaced)
    annotated.import_annotations(table, dataset="d", replace=True)
    assert rows_of(annotated) == ROWS


def test_counts_replace_those_of_their_samples_alone(store, tmp_path):
    first = tones(tmp_path, [("1.jpg", {2: 3}), ("2.jpg", {5: 3}), ("3.jpg", {7: 1})])
    store.import_annotations(first, dataset="d", create_samples=True)
    more = tones(tmp_path, [("1.jpg", {2: 2, 3: 1}), ("3.jpg", {})], "more.csv")
    store.import_annotations(more, dataset="d", attributes=["skin_tone"])
    assert rows_of(store, "skin_tone") == [
        ("1.jpg", None, "2", 2),
        ("1.jpg", None, "3", 1),
        ("2.jpg", None, "5", 3),
    ]


def test_nobody_is_counted_beside_his_name(annotated, tmp_path):
    table = long(tmp_path, [("1.jpg", "Male"), ("3.jpg", "Male")], ("file", "gender"), "plain.csv")
    with pytest.raises(
        TableError, match=r"2 samples have counts of 'gender'.*'val/1.jpg'.*replace"
    ):
        annotated.import_annotations(table, dataset="d")
    assert rows_of(annotated) == ROWS
    annotated.import_annotations(table, dataset="d", replace=True)
    assert rows_of(annotated) == [("val/1.jpg", None, "Male", 1), ("val/3.jpg", None, "Male", 1)]


@pytest.mark.parametrize(
    ("text", "said", "match"),
    [
        (
            "file,annotator,gender\na.jpg,ann,F\nb.jpg,,F\n",
            {},
            "row 3 has a label and no annotator",
        ),
        (
            "file,annotator,gender\na.jpg,ann,F\na.jpg,ann,M\nb.jpg,bob,F\nb.jpg,bob,M\n",
            {},
            "annotator 'ann' says 'Female', 'Male' of gender of 'a.jpg', and 1 more such.*Keep one",
        ),
        ("file,annotator,gender\n,ann,F\n", {}, "row 2 has no file name"),
        ("file,annotator,gender\na.jpg,ann,Femail\n", {}, "row 2 of column 'gender'.*Femail"),
        ("file,annotator,mood\na.jpg,ann,sad\n", {}, "no column of a known attribute"),
        ("file,annotator,mood\na.jpg,ann,sad\n", {"attributes": ["mood"]}, "new_classes=True"),
        (
            "file,gender\na.jpg,F\n",
            {"annotator_column": "who"},
            "no column 'who'.*annotator_column",
        ),
        ("file,skin_tone_1,skin_tone_2\na.jpg,1,x\n", {}, "row 2 of column 'skin_tone_2' has 'x'"),
        ("file,skin_tone_1,skin_tone_2\na.jpg,1,-1\n", {}, "has '-1'.*how many annotators"),
        ("file,skin_tone_1,skin_tone_2\na.jpg,1,1.5\n", {}, "has '1.5'"),
        ("file,skin_tone_1,skin_tone_2\na.jpg,1,9999999\n", {}, "has '9999999'"),
        ("file,skin_tone_1,skin_tone_2\na.jpg,1,0\na.jpg,1,0\n", {}, "1 file has several rows"),
        (
            "file,skin_tone_1,skin_tone_11\na.jpg,1,0\n",
            {"attributes": ["skin_tone"]},
            "no class of 'skin_tone' in the names of columns 'skin_tone_11'.*maps=skin_tone:11=",
        ),
        (
            "file,n_1\na.jpg,1\n",
            {"mapping": LabelMapping.of(columns=["skin_tone=k_{class}"])},
            "no column 'k_{class}' among 'n_1'",
        ),
        ("file,gender,votes\na.jpg,F,many\n", {}, "row 2 of column 'votes' has 'many'"),
        (
            "file,gender,annotator,n\na.jpg,F,ann,1\n",
            {"count_column": "n"},
            "annotators are named in column 'annotator', and so count one each",
        ),
        ("file,gender\na.jpg,F\n", {"count_column": "n"}, "no column 'n'.*count_column=NAME"),
        (
            "file,gender\na.jpg,F\n",
            {"order": ["Female", "Male"], "attributes": ["gender"]},
            "Male, Female",
        ),
    ],
)
def test_a_bad_table_is_refused_whole_in_one_line(store, tmp_path, text, said, match):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(TableError, match=match) as caught:
        store.import_annotations(path, dataset="d", create_samples=True, **said)
    assert "\n" not in str(caught.value)
    assert not (store.path / "facestore.duckdb").exists()


def test_an_order_is_of_one_attribute_and_has_each_class_once(store, tmp_path):
    table = long(tmp_path, LONG)
    with pytest.raises(ParametersError, match="is of one attribute"):
        store.import_annotations(table, dataset="d", order=["a", "b"])
    with pytest.raises(ParametersError, match="names 'a' twice"):
        store.import_annotations(table, dataset="d", order=["a", "a"], attributes=["mood"])


def test_classes_in_an_order_of_ones_own(store, tmp_path):
    table = long(
        tmp_path,
        [("1.jpg", "ann", "HIGH"), ("1.jpg", "bob", "low")],
        ("file", "annotator", "light"),
    )
    said = {"dataset": "d", "attributes": ["light"], "create_samples": True}
    store.import_annotations(table, **said, order=["low", "medium", "high"])
    classes = "select class from classes where attribute = 'light' order by ordinal"
    assert store.sql(classes).fetchall() == [("low",), ("medium",), ("high",)]
    assert ("light",) in store.sql("from ordered_attributes").fetchall()
    assert [row[2] for row in rows_of(store, "light")] == ["high", "low"]
    with pytest.raises(TableError, match=r"in another order.*low, medium, high"):
        store.import_annotations(table, **said, order=["low", "high", "medium"])


def test_an_attribute_without_an_order_gets_one_later(annotated, tmp_path):
    assert ("gender",) not in annotated.sql("from ordered_attributes").fetchall()
    said = {"dataset": "d", "attributes": ["gender"], "order": ["Male", "Female"]}
    annotated.import_annotations(tmp_path / "long.csv", **said)
    assert ("gender",) in annotated.sql("from ordered_attributes").fetchall()


def labels_of(store):
    query = "select path, label from labels inner join samples using (sample_id) order by all"
    return store.sql(query).fetchall()


def test_labels_by_majority_follow_the_annotations_and_a_tie_has_none(store, tmp_path):
    table = long(tmp_path, LONG)
    said = {"dataset": "d", "create_samples": True, "label_by_majority": True}
    summary = store.import_annotations(table, **said)
    assert labels_of(store) == [("val/1.jpg", "Female"), ("val/3.jpg", "Male")]
    assert "2 labels of gender made by the majority; 1 tie has none" in summary.notes
    more = long(tmp_path, [("2.jpg", "eve", "M"), ("3.jpg", "eve", "F")], name="more.csv")
    store.import_annotations(more, **said)
    assert labels_of(store) == [("val/1.jpg", "Female"), ("val/2.jpg", "Male")]
    counts = store.sql("select label, n_samples from label_counts order by all").fetchall()
    assert counts == [("Female", 1), ("Male", 1)]


def test_labels_of_the_data_set_are_never_replaced_by_a_majority(annotated, tmp_path):
    labels = long(tmp_path, [("val/1.jpg", "Male")], ("file", "gender"), "labels.csv")
    annotated.import_labels(labels, dataset="d")
    with pytest.raises(
        OtherValuesError, match=r"other labels of 'gender'.*'val/1.jpg'.*annotation_consensus"
    ):
        annotated.import_annotations(tmp_path / "long.csv", dataset="d", label_by_majority=True)
    assert labels_of(annotated) == [("val/1.jpg", "Male")]


def test_a_preview_writes_nothing(annotated, tmp_path):
    table = long(tmp_path, [("1.jpg", "ann", "M"), ("9.jpg", "ann", "F")], name="more.csv")
    preview = annotated.preview_annotations(table, dataset="d")
    assert (preview.n_met, preview.unmet, preview.table.n_annotations) == (1, ("9.jpg",), 2)
    assert rows_of(annotated) == ROWS
    with pytest.raises(TableError, match="1 of 2 files is no sample"):
        annotated.import_annotations(table, dataset="d")


def test_what_is_imported_is_recorded(annotated):
    ((command, counts),) = annotated.sql("select command, counts from runs").fetchall()
    assert command == "import annotations"
    assert '"n_new": 5' in counts


def test_a_list_where_texts_belong_is_refused(store, tmp_path):
    with pytest.raises(InputError, match="attributes"):
        store.import_annotations(tmp_path / "x.csv", dataset="d", attributes="gender")
