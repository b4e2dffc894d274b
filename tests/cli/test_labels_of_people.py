"""Labels through the command line: what is read, what is said of it, and what is passed over."""

from __future__ import annotations

import shlex
import shutil

import pytest
from support.pictures import write_picture

LABELS = (
    "select path, attribute, label, value from samples left join labels using (sample_id) "
    "order by 1, 2"
)


def pictures(folder, *names):
    for seed, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_picture(path, seed=seed)
    return folder


@pytest.fixture
def labels_of(facestore):
    def labels():
        rows = facestore("sql", LABELS, "--format", "json").rows
        return {(row["path"], row["attribute"]): row["label"] for row in rows if row["label"]}

    return labels


def test_ages_of_nobody_are_refused_and_no_store_is_made(facestore, tmp_path):
    folder = pictures(tmp_path / "f", "1.png", "2.png", "3.png", "4.png")
    table = tmp_path / "l.csv"
    table.write_text("file,age\n1.png,25\n2.png,999\n3.png,-1\n4.png,117\n")
    ran = facestore("ingest", folder, "--labels", table, "--dataset", "d")
    assert ran.status == 1
    assert "rows 3, 4 of column 'age': no age from 0 to 122: '999', '-1'" in ran.err
    assert not (tmp_path / "store").exists()
    shown = ran.err[ran.err.index("--null") : ran.err.index(" if they")].split()
    again = facestore("ingest", folder, "--labels", table, "--dataset", "d", *shown)
    assert again.status == 0
    assert "2 files labelled (2 labels new, 0 changed)" in again.out + again.err


def test_folders_of_classes_in_another_spelling_beside_a_picture(facestore, tmp_path, labels_of):
    names = [
        f"Faces/{s}/{c}/{i}.png"
        for s in ("Train", "Test")
        for c in ("male", "FEMALE")
        for i in "12"
    ]
    ran = facestore("ingest", pictures(tmp_path / "a", *names, "logo.png"), "--dataset", "d")
    said = ran.out + ran.err
    assert "gender: read 'FEMALE' as Female (4), 'male' as Male (4)" in said
    assert "1 file has no label (logo.png)" in said
    assert len(labels_of()) == 8
    splits = facestore(
        "sql", "select split, count(*) as n from samples group by 1 order by 1", "--format", "json"
    )
    assert [tuple(row.values()) for row in splits.rows] == [("test", 4), ("train", 4), (None, 1)]


def test_folders_of_two_attributes_are_both_read(facestore, tmp_path, labels_of):
    names = [f"{g}/{r}/1.png" for g in ("men", "women") for r in ("white", "black")]
    facestore("ingest", pictures(tmp_path / "a", *names), "--dataset", "d")
    assert labels_of()["men/black/1.png", "race"] == "Black"
    assert labels_of()["women/white/1.png", "gender"] == "Female"


def test_folders_that_are_no_classes_are_pointed_at_and_named_by_their_files(facestore, tmp_path):
    folder = pictures(tmp_path / "a", "male/1.png", "female/2.png", "other stuff/3.png")
    ran = facestore("ingest", folder, "--dataset", "d")
    said = ran.out + ran.err
    assert "folders 'female', 'male' are called as classes, and folder 'other stuff' is not" in said
    assert said.rstrip().endswith("--map 'gender:other stuff='")
    refused = facestore(
        "ingest", folder, "--dataset", "e", "--layout", "imagefolder", "--attribute", "gender"
    )
    assert "1 label in file other stuff/3.png" in refused.err
    ran = facestore(
        *("ingest", folder, "--dataset", "e", "--layout", "imagefolder", "--attribute", "gender"),
        *("--map", "gender:other stuff="),
    )
    assert "2 files labelled" in ran.out + ran.err


def test_what_is_passed_over_is_named_with_the_reason(facestore, tmp_path):
    folder = pictures(tmp_path / "f", "1.jpg")
    for name in ("0.txt", "2.heic", "3", "4.jp2"):
        shutil.copy(folder / "1.jpg", folder / name)
    table = tmp_path / "l.csv"
    table.write_text("file,gender\n1.jpg,Male\n2.heic,Male\n3,Female\n4,Female\n9.jpg,Male\n")
    ran = facestore("ingest", folder, "--labels", table, "--dataset", "d")
    said = ran.out + ran.err
    assert "1 file labelled (1 label new, 0 changed)" in said
    assert "4 label rows have no file (2.heic, 3, 4, 9.jpg): 3 files of them passed over" in said
    assert (
        "4 other files were passed over ('2.heic': .heic is not read: convert it to JPEG or PNG, "
        "'3': no suffix: add that of its format, '4.jp2': .jp2 is not read: convert it to JPEG or "
        "PNG, '0.txt': .txt is no suffix of an image)"
    ) in said


def test_a_dry_run_says_how_all_is_read_and_makes_no_store(facestore, tmp_path):
    folder = pictures(tmp_path / "f", "000001.png", "000002.png")
    table = tmp_path / "l.csv"
    table.write_text("id,Sex,Age,mood\n000001,f,31,glad\n000002,m,,sad\n000003,?,44,sad\n")
    ran = facestore("ingest", folder, "--labels", table, "--dataset", "d", "--dry-run")
    said = ran.out + ran.err
    assert ran.status == 0
    for part in (
        "dry run, nothing was written: 2 files of data set 'd'",
        "column 'Sex' is gender: 'f' as Female (1), 'm' as Male (1), '?' as no label (1)",
        "column 'Age' is age: 31 to 44 as years (2)",
        "1 label row has no file (000003): expected where only a part of the files is here",
        "1 column was not read (mood)",
    ):
        assert part in said
    assert not (tmp_path / "store").exists()
    ran = facestore("import", "labels", table, "--dataset", "d", "--dry-run")
    assert "3 files meet none (000001, 000002, 000003): --create-samples makes" in ran.out + ran.err
    assert not (tmp_path / "store").exists()


def test_labels_come_first_and_their_pictures_later(facestore, tmp_path, labels_of):
    table = tmp_path / "l.csv"
    table.write_text("file,gender\n1.png,male\n2.png,female\n")
    ran = facestore("import", "labels", table, "--dataset", "d")
    assert (ran.status, "--create-samples" in ran.err) == (1, True)
    ran = facestore("import", "labels", table, "--dataset", "d", "--create-samples")
    assert "0 files met a sample, 2 samples were made" in ran.out + ran.err
    ran = facestore("ingest", pictures(tmp_path / "f", "1.png", "2.png"), "--dataset", "d")
    said = ran.out + ran.err
    assert "0 new samples, 0 changed, 2 new images" in said
    assert "2 samples that had only labels got their picture" in said
    assert len(labels_of()) == 2


def test_an_id_without_suffix_is_a_sample_by_the_name_of_its_file(facestore, tmp_path, labels_of):
    folder = pictures(tmp_path / "f", "000001.png", "a/000002.png")
    table = tmp_path / "l.csv"
    table.write_text("id,gender\n000001,male\na/000002,female\n")
    facestore("ingest", folder, "--labels", table, "--dataset", "d")
    assert {path for path, _ in labels_of()} == {"000001.png", "a/000002.png"}
    assert "as before" in (ran := facestore("ingest", folder, "--dataset", "d")).out + ran.err


def test_predictions_have_a_column_for_each_attribute(facestore, tmp_path):
    table = tmp_path / "deepface.csv"
    table.write_text(
        "img_path,age,dominant_gender,dominant_race\n1.jpg,31,Man,latino hispanic\n2.jpg,28,Woman,x\n"
    )
    given = (
        *("import", "predictions", table, "--dataset", "d", "--create-samples"),
        *("--classifier", "DeepFace", "--column", "gender=dominant_gender"),
        *("--column", "race=dominant_race", "--column", "age=age"),
    )
    refused = facestore(*given)
    assert refused.status == 1
    assert "no class of 'race': 'x'" in refused.err
    assert "--new-classes" not in refused.err
    ran = facestore(*given, "--map", "race:x=")
    assert ran.status == 0
    assert "column 'gender'" not in ran.out + ran.err
    rows = facestore(
        "sql",
        "select name, predicted, value from predictions join classifiers using (classifier_id) "
        "order by all",
        "--format", "json",
    ).rows  # fmt: skip
    assert [tuple(row.values()) for row in rows] == [
        ("DeepFace age", "20-29", 28.0),
        ("DeepFace age", "30-39", 31.0),
        ("DeepFace gender", "Female", None),
        ("DeepFace gender", "Male", None),
        ("DeepFace race", "Latino_Hispanic", None),
        ("DeepFace race", None, None),
    ]


def test_names_without_their_zeros_are_told_with_what_meets_them(facestore, tmp_path, labels_of):
    folder = pictures(tmp_path / "f", "000001.png", "000002.png", "100000.png")
    table = tmp_path / "l.csv"
    table.write_text("image_id,gender\n1.png,Male\n2.png,Female\n100000.png,Male\n")
    ran = facestore("ingest", folder, "--labels", table, "--dataset", "d")
    said = ran.out + ran.err
    assert "2 label rows have no file (1.png, 2.png): add --file-column" in said
    shown = said[said.index("--file-column ") :].partition(",")[0]
    ran = facestore("ingest", folder, "--labels", table, "--dataset", "d", *shlex.split(shown))
    assert labels_of() == {
        ("000001.png", "gender"): "Male",
        ("000002.png", "gender"): "Female",
        ("100000.png", "gender"): "Male",
    }


def test_what_was_mapped_in_vain_is_told_once_by_every_command_that_reads_labels(
    facestore, tmp_path
):
    folder = pictures(tmp_path / "f", "a/1.png", "b/2.png")
    for name, said in (("a/1.png", "1"), ("b/2.png", "2")):
        (folder / name).with_name("metadata.csv").write_text(
            f"file_name,gender\n{name[2:]},{said}\n"
        )
    maps = [f"--map=gender:{said}" for said in ("1=Male", "2=Female", "3=Male")]
    told = "`gender:3=Male` met no value of gender; it has: '1', '2'"
    table = tmp_path / "l.csv"
    table.write_text("file,gender\n1.png,1\n2.png,2\n")
    for command in (("ingest", folder), ("import", "labels", table)):
        ran = facestore(*command, "--dataset", "d", "--dry-run", *maps)
        assert (ran.out + ran.err).count(told) == 1, ran.err


@pytest.mark.parametrize(
    ("command", "given", "says"),
    [
        ("labels", ["--map=gender:1=Male", "--map=gender:1="], "--map gender:1=Male and --map gender:1="),
        ("labels", ["--column=gender=a", "--column=gender=b"], "--column gender=a and --column gender=b"),
        ("labels", ["--map=gender:1=Male", "--null=1"], "--map gender:1=Male and --null 1"),
        ("labels", ["--attribute=age", "--column=age="], "--attribute age and --column age="),
        ("predictions", ["--column=a", "--column=b"], "--column a and --column b"),
        ("predictions", ["--column=a", "--column=gender=b"], "--column a and --column gender=b"),
        ("predictions", ["--attribute=age", "--column=gender=b"], "--attribute age and --column gender=b"),
        ("published", ["--column=a=k", "--column=a=metric"], "--column a=k and --column a=metric"),
    ],
)  # fmt: skip
def test_options_that_contradict_each_other_are_both_named(
    facestore, tmp_path, command, given, says
):
    (tmp_path / "l.csv").write_text("file,gender,a,b\n1.png,1,1,2\n")
    ran = facestore("import", command, tmp_path / "l.csv", "--dataset", "d", *given)
    assert ran.status == 2
    assert f"{says} contradict each other" in ran.err


def test_rows_that_mean_one_file_are_told_with_what_they_say(facestore, tmp_path):
    folder = pictures(tmp_path / "f", "p/1.png", "2.png")
    table = tmp_path / "l.csv"
    table.write_text(
        "file,gender,age\n1.png,Male,30\np/1.png,Female,30\n2.png,Male,\n9.png,Male,\n"
    )
    told = (
        "2 label rows mean 1 file: '1.png' and 'p/1.png' are both 'p/1.png' and differ: gender "
        "'Male' and 'Female'; 'p/1.png' is read"
    )
    labels = ("--labels", table, "--dataset", "d")
    for more in (["--dry-run"], []):
        ran = facestore("ingest", folder, *labels, *more)
        assert told in ran.out + ran.err
        assert "1 label row has no file (9.png)" in ran.out + ran.err
    table.write_text("file,gender\n1.png,Male\np/1.png,Female\n")
    ran = facestore("import", "labels", table, "--dataset", "d", "--dry-run")
    assert told in ran.out
    assert "meets none" not in ran.out
    ran = facestore("import", "labels", table, "--dataset", "d")
    assert "'1.png' and 'p/1.png' are both sample 'p/1.png' of data set 'd'. Keep one" in ran.err
    table.write_text("file,gender\n.//2.png,Male\n2.png,Male\n")
    ran = facestore("ingest", folder, *labels, "--dry-run")
    assert "'.//2.png' and '2.png' are both '2.png' and agree; neither is read" in ran.out
    # What differs is shown first.
    table.write_text("file,gender\n.//2.png,Male\n2.png,Male\n1.png,Male\np/1.png,Female\n")
    ran = facestore("ingest", folder, *labels, "--dry-run")
    assert f"4 label rows mean 2 files: {told.partition(': ')[2]} and 1 more" in ran.out
