"""Who a picture shows: read from tables and names of files, and kept with its sample."""

from __future__ import annotations

import json

import pytest
from support.pictures import write_picture

from facestore.errors import InputError, ParametersError
from facestore.mappings import LabelMapping
from facestore.store import Store

pytestmark = pytest.mark.usefixtures("store_is_there")


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store") as opened:
        yield opened


def persons(store, dataset="d"):
    query = f"select path, person_id from samples where dataset = '{dataset}' order by path"
    return dict(store.sql(query).fetchall())


def attributes(store):
    return [name for (name,) in store.sql("select distinct attribute from labels order by 1").fetchall()]  # fmt: skip


def table(tmp_path, text, name="labels.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def imported(store, tmp_path, text, **said):
    options = {key: said.pop(key) for key in ("columns", "maps", "nulls") if key in said}
    return store.import_labels(
        table(tmp_path, text),
        dataset="d",
        create_samples=True,
        mapping=LabelMapping.of(**options),
        **said,
    )


@pytest.mark.parametrize("column", ["person_id", "Person ID", "identity", "subject_id"])
def test_a_column_that_is_called_so_says_who_is_shown(store, tmp_path, column):
    summary = imported(
        store, tmp_path, f"file,gender,{column}\n1.jpg,Male,17\n2.jpg,Male, 17 \n3.jpg,Female,\n"
    )
    assert persons(store) == {"1.jpg": "17", "2.jpg": "17", "3.jpg": None}
    assert attributes(store) == ["gender"]
    assert f"who is shown is read from {column!r}" in summary.notes


def test_a_column_can_be_named_made_of_others_or_left_out(store, tmp_path):
    text = "file,gender,who,album\n1.jpg,Male,1,a\n2.jpg,Male,1,b\n"
    imported(store, tmp_path, text)
    assert persons(store) == {"1.jpg": None, "2.jpg": None}
    imported(store, tmp_path, text, columns=["person_id=who"])
    assert persons(store) == {"1.jpg": "1", "2.jpg": "1"}
    imported(store, tmp_path, text, columns=["person_id={album}/{who}"])
    assert persons(store) == {"1.jpg": "a/1", "2.jpg": "b/1"}
    other = text.replace("who", "person_id").replace(",1,", ",7,")
    imported(store, tmp_path, other, columns=["person_id="])
    assert persons(store) == {"1.jpg": "a/1", "2.jpg": "b/1"}


def test_a_table_may_say_nothing_but_who_is_shown(store, tmp_path):
    """As identity_CelebA.txt, which has no header."""
    imported(store, tmp_path, "1.jpg 2880\n2.jpg 2937\n", columns=["person_id=2"])
    assert persons(store) == {"1.jpg": "2880", "2.jpg": "2937"}
    assert attributes(store) == []


def test_a_value_may_be_nobody(store, tmp_path):
    text = "file,person_id,gender\n1.jpg,-1,Male\n2.jpg,5,Male\n3.jpg,unknown,Male\n"
    imported(store, tmp_path, text, maps=["person_id:-1="], nulls=["unknown"])
    assert persons(store) == {"1.jpg": None, "2.jpg": "5", "3.jpg": None}


def test_all_columns_are_read_and_who_is_shown_is_no_label(store, tmp_path):
    text = "file,person_id,smile\n1.jpg,1,yes\n2.jpg,1,no\n"
    imported(store, tmp_path, text, attributes=["all"], new_classes=True)
    assert persons(store) == {"1.jpg": "1", "2.jpg": "1"}
    assert attributes(store) == ["smile"]


def test_a_column_that_is_asked_for_as_an_attribute_is_one(store, tmp_path):
    text = "file,identity\n1.jpg,ann\n2.jpg,bob\n"
    imported(store, tmp_path, text, attributes=["identity"], new_classes=True)
    assert persons(store) == {"1.jpg": None, "2.jpg": None}
    assert attributes(store) == ["identity"]


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        (
            "maad-face",
            "Filename,Identity,Male,Young,Middle_Aged,Senior,5_o_Clock_Shadow,Arched_Eyebrows,"
            "Bags_Under_Eyes\nn000002/0001_01.jpg,2,1,1,0,0,1,1,1\nn000002/2.jpg,2,1,1,0,0,1,1,1\n",
            {"n000002/0001_01.jpg": "2", "n000002/2.jpg": "2"},
        ),
        (
            "adience",
            "user_id\toriginal_image\tface_id\tage\tgender\n30601258@N03\t1.jpg\t1\t(25, 32)\tf\n"
            "30601258@N03\t2.jpg\t2\t(25, 32)\tm\n",
            {
                "30601258@N03/coarse_tilt_aligned_face.1.1.jpg": "1",
                "30601258@N03/coarse_tilt_aligned_face.2.2.jpg": "2",
            },
        ),
        (
            "lfw-attributes",
            "person\timagenum\tMale\tAsian\tWhite\tBlack\nAaron Eckhart\t1\t1.5\t-1\t1\t-1\n"
            "Aaron Eckhart\t2\t1.5\t-1\t1\t-1\n",
            {
                "Aaron_Eckhart/Aaron_Eckhart_0001.jpg": "Aaron Eckhart",
                "Aaron_Eckhart/Aaron_Eckhart_0002.jpg": "Aaron Eckhart",
            },
        ),
        (
            "morph",
            "id_num,picture_num,doa,race,gender,facial_hair,file\n9055,1,x,W,M,y,a.jpg\n"
            "9055,2,x,W,M,y,b.jpg\n",
            {"a.jpg": "9055", "b.jpg": "9055"},
        ),
    ],
)
def test_published_tables_have_people(store, tmp_path, source, text, expected):
    summary = imported(store, tmp_path, text, new_classes=True)
    assert f"the table was recognised as {source}" in summary.notes
    assert persons(store) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["009055_1M54.jpg", "009055_2M55.jpg"], ["009055"] * 2),
        (["0_MariaCallas_35_f.jpg", "1_MariaCallas_40_f.jpg"], ["MariaCallas"] * 2),
        (
            ["nm0000001_rm12_1899-5-10_1968.jpg", "23300_1962-06-19_2011.jpg"],
            ["nm0000001", "23300"],
        ),
    ],
)
def test_names_of_files_say_who_is_shown(store, tmp_path, names, expected):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, name in enumerate(names):
        write_picture(folder / name, number)
    store.ingest(folder, dataset="d")
    assert [persons(store)[name] for name in names] == expected


def test_who_is_shown_stays_until_another_is_named(store, tmp_path, pictures):
    said = "file,gender,person_id\n1.jpg,Male,a\n2.jpg,Male,a\n"
    store.ingest(pictures, dataset="d", labels=table(tmp_path, said))
    assert persons(store)["1.jpg"] == "a"
    assert persons(store)["3.jpg"] is None
    again = store.ingest(pictures, dataset="d")
    assert (again.changes.n_new, again.changes.n_changed) == (0, 0)
    imported(store, tmp_path, "file,gender\n1.jpg,Male\n")
    assert persons(store)["1.jpg"] == "a"
    changed = store.ingest(
        pictures, dataset="d", labels=table(tmp_path, said.replace("Male,a", "Male,b", 1))
    )
    assert changed.changes.n_changed == 1
    assert persons(store)["1.jpg"] == "b"
    assert persons(store)["2.jpg"] == "a"


def test_a_person_goes_with_its_sample(store, tmp_path):
    imported(store, tmp_path, "file,gender,person_id\n1.jpg,Male,a\n2.jpg,Male,b\n")
    for name, who in (("other", ""), ("third", "c")):
        path = table(tmp_path, f"file,gender,person_id\n1.jpg,Male,{who}\n9.jpg,Male,d\n")
        store.import_labels(path, dataset=name, create_samples=True)
    with pytest.raises(InputError, match="another person"):
        store.merge_dataset("third", "d")
    store.merge_dataset("other", "d")
    assert persons(store) == {"1.jpg": "a", "2.jpg": "b", "9.jpg": "d"}
    store.rename_dataset("d", "renamed")
    assert persons(store, "renamed") == {"1.jpg": "a", "2.jpg": "b", "9.jpg": "d"}
    store.export("fiftyone", tmp_path / "out.json", dataset="renamed")
    exported = json.loads((tmp_path / "out.json").read_text())["samples"]
    assert [each["person_id"] for each in exported] == ["a", "b", "d"]
    store.forget(["renamed/1.jpg"])
    assert store.sql("select count(*) from samples where person_id = 'a'").fetchone() == (0,)


def test_what_contradicts_itself_is_refused(store, tmp_path):
    with pytest.raises(ParametersError):
        imported(
            store,
            tmp_path,
            "file,person_id\n1.jpg,1\n",
            attributes=["person_id"],
            columns=["person_id="],
        )
