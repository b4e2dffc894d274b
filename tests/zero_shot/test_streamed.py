"""Scored in a stream, or by rows: the same is decided of the same vectors."""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager

import pytest
from support.scorable import make_scorable

from facestore.cli.dashboard import print_overview
from facestore.errors import InputError
from facestore.records import Prompt, PromptSet
from facestore.store import Store

pytestmark = pytest.mark.portable

UNEQUAL, FULL = "unequal", "age_race_gender_labels_v2"
SETS = f"'{UNEQUAL}', '{FULL}'"
# Two prompts of different classes that a model cannot tell apart, and classes of 1, 3 and 12 prompts.
PROMPTS = [("m1", "Male"), ("f1", "Female"), ("f2", "Female"), ("f3", "Female")] + [
    (f"x{i}", "White") for i in range(12)
]
AGGREGATIONS = [("sum", None), ("mean", None), ("embedding_mean", None), *(("topk", k) for k in (1, 2, 5, 40))]  # fmt: skip


def unequal():
    attribute = {"Male": "gender", "Female": "gender", "White": "race"}
    prompts = [Prompt(text, None, {attribute[name]: name}) for text, name in PROMPTS]
    prompts += [Prompt("b", None, {"race": "Black"}), Prompt("nobody", None, {})]
    return PromptSet(UNEQUAL, "", tuple(prompts))


@pytest.fixture(scope="module")
def scored(new_store, tmp_path_factory):
    """Give two stores of the same vectors: one with rows, one that was streamed."""
    folder = tmp_path_factory.mktemp("streamed")
    shutil.copytree(new_store, folder / "new")
    with Store.open(folder / "new") as store:
        store.catalog.prompts.add(unequal())
    same = [("m1", "f1"), ("a photo of a man", "a photo of a woman")]
    make_scorable(folder / "new", folder / "rows", 1200, [UNEQUAL, FULL], same_texts=same)
    shutil.copytree(folder / "rows", folder / "stream")
    for name, keep in (("rows", "always"), ("stream", "never")):
        with Store.open(folder / name) as store:
            store.set("keep_similarities", keep)
            for prompt_set in (UNEQUAL, FULL):
                summary = store.score(prompt_set)
                assert (summary.n_similarities > 0, summary.n_streamed > 0) == (
                    name == "rows",
                    name == "stream",
                )
    return folder


def both(scored, query):
    found = []
    for name in ("rows", "stream"):
        with Store.open(scored / name) as store:
            found.append(store.rows(query)[1])
    return found


@pytest.mark.parametrize(
    "view", ["winners_every_k", "confusion_every_k", "k_sweep", "best_k", "k_sweep_without_duplicates"]
)  # fmt: skip
def test_what_follows_from_every_k_is_the_same(scored, view):
    # Rows of a set are those of each smaller set, too.
    columns = "*"
    if view == "k_sweep":  # a mean of recalls goes by their order in its last digit
        columns = "* replace (round(balanced_accuracy, 12) as balanced_accuracy)"
    query = f"select {columns} from {view} where prompt_set in ({SETS}) order by all"
    rows, streamed = both(scored, query)
    assert rows
    assert streamed == rows


def test_no_cosine_is_kept(scored):
    rows, streamed = both(scored, "select count(*) > 0 from similarities")
    assert (rows, streamed) == ([(True,)], [(False,)])


DECIDED = [
    *((UNEQUAL, attribute, *each) for attribute in ("gender", "race") for each in AGGREGATIONS),
    (FULL, "gender", "topk", 11),
    (FULL, "race", "mean", None),
]


@pytest.mark.parametrize(("prompt_set", "attribute", "aggregation", "k"), DECIDED)
def test_predictions_are_the_same(scored, prompt_set, attribute, aggregation, k):
    for ties in ("none", "first"):
        name = f"{prompt_set} {attribute} {aggregation} {k} {ties}"
        found = []
        for folder in ("rows", "stream"):
            with Store.open(scored / folder) as store:
                made = store.predict(
                    attribute=attribute, prompt_set=prompt_set, aggregation=aggregation, k=k, ties=ties, name=name
                )  # fmt: skip
                rows = store.rows(
                    "select predictions.* exclude (classifier_id) from predictions "
                    f"inner join classifiers using (classifier_id) where name = '{name}' order by sample_id"
                )[1]
                found.append((made.changes, rows))
        assert found[0][0].n_new > 1100
        assert found[0] == found[1]
        is_tied = (prompt_set, attribute, k, ties) == (UNEQUAL, "gender", 1, "none")
        assert (found[0][0].n_ties > 50) == is_tied


def test_predictions_again_are_none_and_agree_with_the_winners(scored):
    with Store.open(scored / "stream") as store:
        for aggregation, k in (("topk", 2), ("sum", None), ("topk", 40)):
            given = {"attribute": "race", "prompt_set": UNEQUAL, "aggregation": aggregation, "k": k}
            store.predict(**given, name=f"again {aggregation} {k}")
            assert store.predict(**given, name=f"again {aggregation} {k}").changes.n_new == 0
        assert list(store.catalog.predictions.undecided()) == []
        store.execute(
            "update predictions set predicted = if(predicted = 'White', 'Black', 'White') "
            "where sample_id = 5 and margin > 0.001"
        )
        told = {(name, sample_id) for name, sample_id, *_ in store.catalog.predictions.undecided()}
        assert told >= {(f"again {each}", 5) for each in ("topk 2", "sum None", "topk 40")}
        store.execute("delete from predictions; delete from classifiers")


class Stopping:
    """A progress of which the user presses Ctrl-C at the first step."""

    @contextmanager
    def task(self, title, total):
        yield self

    def advance(self, n=1):
        raise KeyboardInterrupt


@pytest.fixture
def streamed(scored, tmp_path):
    shutil.copytree(scored / "stream", tmp_path / "store")
    with Store.open(tmp_path / "store") as store:
        yield store


def test_a_stopped_prediction_leaves_nothing_and_goes_on(streamed):
    given = {"attribute": "gender", "prompt_set": FULL, "aggregation": "sum"}
    streamed.progress, usual = Stopping(), streamed.progress
    with pytest.raises(KeyboardInterrupt):
        streamed.predict(**given)
    assert streamed.rows("from classifiers")[1] == []
    assert list(streamed.path.glob("*tmp*")) == []
    streamed.progress = usual
    assert streamed.predict(**given).changes.n_new > 1100


def test_a_stopped_score_goes_on_behind_what_it_kept(streamed):
    kept = streamed.rows(f"from winners_every_k where prompt_set in ({SETS}) order by all")[1]
    streamed.execute("delete from streamed_winners where sample_id >= 600")
    streamed.progress, usual = Stopping(), streamed.progress
    with pytest.raises(KeyboardInterrupt):  # its block is kept by then
        streamed.score(FULL)
    streamed.progress = usual
    assert streamed.score(FULL).n_streamed == 0
    assert streamed.score(UNEQUAL).n_streamed > 500
    assert (
        streamed.rows(f"from winners_every_k where prompt_set in ({SETS}) order by all")[1] == kept
    )


def test_other_prompts_or_another_order_make_winners_stale_and_score_renews_them(streamed):
    assert streamed.rows(f"from k_sweep where prompt_set = '{UNEQUAL}'")[1]
    streamed.execute("update classes set ordinal = 3 - ordinal where attribute = 'gender'")
    assert streamed.rows("select attribute from k_sweep where attribute = 'gender'")[1] == []
    stale = [each for each in streamed.doctor("streams_are_current") if each.status == "failed"]
    assert [each.n_bad for each in stale] == [2]
    for name in (UNEQUAL, FULL):
        assert streamed.score(name).n_streamed > 1100
    rows = streamed.rows("from k_sweep where attribute = 'gender' and k = 1")[1]
    assert len(rows) == 4  # two sets, two splits
    assert streamed.doctor("streams_are_current")[0].status == "ok"


def test_repair_deletes_what_is_stale(streamed):
    streamed.execute("update classes set ordinal = 3 - ordinal where attribute = 'gender'")
    done = streamed.repair()
    assert done["streams of other prompts deleted"] == 2
    assert done["winners of other prompts, or of no sample, deleted"] > 2200
    assert streamed.doctor("streams_are_current")[0].status == "ok"


def test_kept_again_rows_take_the_place_of_winners(streamed, scored):
    streamed.set("keep_similarities", "auto")
    assert streamed.score(UNEQUAL).n_similarities == 0  # what was streamed goes on so
    streamed.set("keep_similarities", "always")
    assert streamed.score(UNEQUAL).n_similarities > 0
    query = f"from winners_every_k where prompt_set = '{UNEQUAL}' order by all"
    streamed_sets = streamed.rows("select distinct prompt_set from streams")[1]
    assert streamed_sets == [(FULL,)]
    with Store.open(scored / "rows") as store:
        assert streamed.rows(query) == store.rows(query)


@pytest.fixture
def smaller(new_store, tmp_path):
    """Give a store with a streamed set whose prompts are among those of a larger one."""
    small, large = [("m", "Male"), ("f", "Female")], [("m", "Male"), ("f", "Female"), ("g", "Male")]
    shutil.copytree(new_store, tmp_path / "new")
    with Store.open(tmp_path / "new") as store:
        for name, prompts in (("small", small), ("large", large)):
            texts = tuple(Prompt(text, None, {"gender": each}) for text, each in prompts)
            store.catalog.prompts.add(PromptSet(name, "", texts))
    folder = make_scorable(tmp_path / "new", tmp_path / "smaller", 60, ["small", "large"])
    with Store.open(folder) as store:
        store.set("keep_similarities", "never")
        store.score("small")
        store.predict(attribute="gender", prompt_set="small", aggregation="sum")
        assert store.rows("select distinct prompt_set from cosines_not_kept")[1] == [("small",)]
        yield store


@pytest.mark.parametrize("prompt_set", ["small", "large"])
def test_a_set_of_which_rows_are_kept_by_now_is_not_said_to_lack_them(smaller, prompt_set):
    winners = smaller.rows("from winners_every_k where prompt_set = 'small' order by all")
    smaller.set("keep_similarities", "always")
    smaller.score(prompt_set)
    for name in ("cosines_not_kept", "streams", "streamed_winners"):
        assert smaller.rows(f"from {name}")[1] == []
    assert smaller.rows("from winners_every_k where prompt_set = 'small' order by all") == winners


def test_a_set_of_which_some_rows_are_kept_lacks_the_others(smaller):
    smaller.set("keep_similarities", "always")
    smaller.score("large")
    smaller.execute("delete from similarities")
    smaller.set("keep_similarities", "never")
    smaller.score("small")
    smaller.execute(
        "insert into similarities select encoder_id, prompt_id, sample_id, 0.1 "
        "from encoders cross join prompts cross join samples where text in ('m', 'f') and sample_id = 7"
    )
    smaller.execute(
        "insert into similarities select encoder_id, prompt_id, 8, 0.1 "
        "from encoders cross join prompts where text = 'm'"
    )
    n = smaller.rows("select sum(n_samples) from cosines_not_kept")[1][0][0]
    smaller.catalog.streams.give_up(smaller.catalog.encoders.chosen(None).encoder_id)
    assert smaller.rows("select sum(n_samples) from cosines_not_kept")[1] == [(n - 1,)]
    left = "select count(*) from streamed_winners where sample_id = {}"
    assert [smaller.rows(left.format(i))[1][0][0] for i in (7, 8)] == [0, 1]


def test_a_sample_that_has_both_counts_once(streamed, scored):
    query = f"from confusion_every_k where prompt_set in ({SETS}) order by all"
    before = streamed.rows(query)
    rows = streamed.rows("select * from winners_every_k")[1]
    with Store.open(scored / "rows") as store:
        taken = store.sql("select * from similarities").pl().to_arrow()
    with streamed.catalog.transaction() as con:
        con.register("taken", taken)
        con.execute("insert into similarities from taken")
    where = f"where prompt_set in ({SETS})"
    assert streamed.rows(query) == before
    assert len(streamed.rows(f"from winners_every_k {where}")[1]) == len(rows)


def test_a_query_of_cosines_that_were_not_kept_is_told_of(scored, tmp_path):
    shutil.copytree(scored / "stream", tmp_path / "store")
    told = []
    with Store.open(tmp_path / "store", notify=told.append) as store:
        store.rows("from k_sweep")
        assert told == []
        store.rows("from top_n_accuracy(2)")
    assert len(told) == 1
    assert "No cosines were kept" in told[0]
    assert "top_n_accuracy" in told[0]


def test_info_says_what_was_streamed(streamed, capsys):
    n = streamed.rows("select count(distinct sample_id) from streamed_winners")[1][0][0]
    (details,) = [row[3] for row in streamed.info() if row[:3] == ("encoder", "m imported", 0)]
    assert details.startswith(f"similarities, and {n:,} samples streamed; vectors of ")

    def shown():
        print_overview(streamed.overview(), store_option="", show_all=True)
        return capsys.readouterr().out

    line = next(each for each in shown().splitlines() if f"{n:,} samples streamed" in each)
    assert line.startswith("m imported")
    assert " 0 " not in line
    streamed.set("keep_similarities", "always")
    streamed.score(UNEQUAL)
    n_kept = streamed.rows("select count(*) from similarities")[1][0][0]
    assert f" {n_kept:,} + {n:,} samples streamed " in shown()
    streamed.score(FULL)
    n_kept = streamed.rows("select count(*) from similarities")[1][0][0]
    assert f" {n_kept:,} " in shown()
    assert "streamed" not in shown()
    assert not [row for row in streamed.info() if "streamed" in row[3]]


def test_what_goes_takes_its_winners_along(streamed):
    n = streamed.rows("select count(distinct sample_id) from streamed_winners")[1][0][0]
    assert streamed.forget("faces/0.jpg").n_samples == 1
    assert streamed.rows("select count(distinct sample_id) from streamed_winners")[1] == [(n - 1,)]
    streamed.rename_prompt_set(UNEQUAL, "renamed")
    assert streamed.rows("select count(*) > 0 from k_sweep where prompt_set = 'renamed'")[1] == [
        (True,)
    ]
    streamed.remove_prompt_set("renamed")
    assert streamed.rows("select distinct prompt_set from streams")[1] == [(FULL,)]
    streamed.rename_dataset("faces", "people")
    assert streamed.rows("select distinct dataset from k_sweep")[1] == [("people",)]
    streamed.remove_encoder("m imported")
    for table in ("streamed_scores", "streamed_winners"):
        assert streamed.rows(f"from {table}")[1] == []
    assert [each.name for each in streamed.doctor() if each.status == "failed"] == []


def test_too_little_memory_for_a_block_says_how_much_would_do(new_store, tmp_path, monkeypatch):
    many = [Prompt(f"p{i}", None, {"gender": "Male" if i else "Female"}) for i in range(2_100)]
    shutil.copytree(new_store, tmp_path / "new")
    with Store.open(tmp_path / "new") as store:
        store.catalog.prompts.add(PromptSet("many", "", tuple(many)))
    folder = make_scorable(tmp_path / "new", tmp_path / "store", 300, ["many"])
    monkeypatch.setenv("FACESTORE_MEMORY", "200MB")
    with Store.open(folder) as store:
        store.set("keep_similarities", "never")
        with pytest.raises(InputError, match="not enough for a block") as told:
            store.score("many")
    advised = re.search(r"FACESTORE_MEMORY=(\d+MB) is\.", str(told.value)).group(1)
    monkeypatch.setenv("FACESTORE_MEMORY", advised)
    with Store.open(folder) as store:
        assert store.score("many").n_streamed > 250
        limit = store.rows("select current_setting('memory_limit')")[1][0][0]
    assert float(limit.split()[0]) == pytest.approx(float(advised[:-2]) / 2 * 1e6 / 2**20, abs=1)


@pytest.mark.parametrize("given", ["much", "1GB2", "100MB", "-4GB", ""])
def test_a_size_of_memory_that_is_none_is_refused(new_store, monkeypatch, given):
    monkeypatch.setenv("FACESTORE_MEMORY", given)
    with Store.open(new_store) as store, pytest.raises(InputError, match="FACESTORE_MEMORY"):
        store.rows("from settings")


@pytest.mark.parametrize("given", ["999999999999TB", "9" * 400, " 4 gb "])
def test_a_size_beyond_any_machine_is_as_good_as_none(new_store, monkeypatch, given):
    monkeypatch.setenv("FACESTORE_MEMORY", given)
    with Store.open(new_store) as store:
        assert store.rows("from settings")[1]


def test_a_stream_with_nothing_to_do_leaves_rows_as_they_are(scored, tmp_path):
    """Nothing is said to be missing, and what comes later is kept as rows, too."""
    shutil.copytree(scored / "rows", tmp_path / "store")
    said = []
    with Store.open(tmp_path / "store", notify=said.append) as store:
        store.set("keep_similarities", "never")
        assert store.score(FULL).n_streamed == 0
        assert store.rows("from streamed_scores")[1] == []
        # as a command leaves it that is killed before the first winner
        store.catalog.streams.begin(store.catalog.encoders.chosen(None).encoder_id, FULL)
        said.clear()
        store.rows(f"select count(*) from prompt_scores where prompt_set = '{FULL}'")
        assert said == []
        store.set("keep_similarities", "auto")
        store.execute("delete from similarities where sample_id = 1")
        assert store.score(FULL).n_similarities > 0


@pytest.mark.parametrize("given", ["sometimes", "1", ""])
def test_a_setting_that_is_none_is_refused(new_store, tmp_path, given):
    shutil.copytree(new_store, tmp_path / "store")
    with (
        Store.open(tmp_path / "store") as store,
        pytest.raises(InputError, match="auto, always, never"),
    ):
        store.set("keep_similarities", given)


def test_prompts_that_name_no_class_are_kept_as_rows(new_store, tmp_path):
    shutil.copytree(new_store, tmp_path / "new")
    with Store.open(tmp_path / "new") as store:
        store.catalog.prompts.add(PromptSet("none", "", (Prompt("a", None, {}),)))
    folder = make_scorable(tmp_path / "new", tmp_path / "store", 50, ["none"])
    with Store.open(folder) as store:
        store.set("keep_similarities", "never")
        assert store.score("none").n_similarities > 40
