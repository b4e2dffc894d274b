from __future__ import annotations

import re

import pytest
from support.pictures import write_labels
from support.saved_models import timm_checkpoint, transformers_folder

pytestmark = [pytest.mark.usefixtures("store_is_there"), pytest.mark.portable]

GENDER = "tiny fp32 raw_gender_labels gender sum"


@pytest.fixture
def judged(facestore, pictures, tmp_path):
    """Give the command line a store of labelled pictures that a classifier has judged."""
    people = {f"{n}.jpg": ("20-29", "Male" if n % 2 else "Female", "White") for n in range(1, 6)}
    labels = write_labels(tmp_path / "l.csv", people)
    facestore("ingest", pictures, "--labels", labels, "--model", "tiny", "--split", "val")
    facestore("score", "raw_gender_labels")
    facestore("predict", "--prompt-set", "raw_gender_labels", "--attribute", "gender")
    return facestore


def test_explain_writes_rows_overlays_and_a_page_once(judged, tmp_path):
    asked = ("explain", "--classifier", GENDER, "--group", "race=White", "--out", tmp_path / "out")
    ran = judged(*asked)
    assert (ran.status, ran.out) == (0, "5 explanations (0 were there)\n")
    assert ran.err.splitlines()[-1] == f"page: {tmp_path / 'out' / 'index.html'}"
    assert len(list((tmp_path / "out" / "overlays").iterdir())) == 5
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert f"<h1>Where it looks: {GENDER}</h1>" in page
    assert len(re.findall(r'<img src="data:', page)) == 10
    assert judged(*asked).out == "nothing new to explain (5 were there)\n"
    query = "select count(*) as n, min(grid_rows) as r from explanations"
    assert judged("sql", query, "--format", "json").rows == [{"n": 5, "r": 8}]


def test_explain_says_what_is_wrong(judged):
    ran = judged("explain", "2.jpg", "--prompt", "a photo of a man", "--method", "gradcam")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("Error: No gradcam for image tower VisionTransformer: use --method")
    assert judged("explain", "2.jpg", "--worst", "0").status == 2


@pytest.fixture
def two_models(judged, pictures):
    """Give the same store with a second encoder: the same model in half precision."""
    ran = judged("ingest", pictures, "--model", "tiny", "--precision", "bf16")
    assert ran.status == 0
    return judged


WOMAN, MAN = "a photo of a woman", "a photo of a man"
BOTH = ("--model", "tiny fp32", "--model", "tiny bf16", "--prompt", WOMAN, "--prompt", MAN)


def test_models_by_prompts_are_a_grid_on_one_scale_a_picture(two_models, tmp_path):
    ran = two_models("explain", *BOTH, "--limit", "2", "--out", tmp_path / "out")
    assert (ran.status, ran.out) == (0, "8 explanations (0 were there)\n")
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    tables = re.findall(r'<table class="maps">.*?</table>', page, re.DOTALL)
    assert len(tables) == 2
    for table in tables:
        heads = re.findall(r'<th scope="col">(.*?)</th>', table)
        assert heads == ["asked about", "tiny fp32, relevancy", "tiny bf16, relevancy"]
        assert re.findall(r'<th scope="row">(.*?)</th>', table) == [WOMAN, MAN]
        assert table.count("<td ") == len(re.findall(r'<img src="data:', table)) == 4
        alts = re.findall(r'alt="Map of (.*?), relevancy', table)
        assert alts[:3] == [f"{WOMAN} by tiny fp32", f"{WOMAN} by tiny bf16", f"{MAN} by tiny fp32"]
    told = re.findall(r"the lightest colour is ([\d.]+) times", page)
    query = (
        "select max(list_max(relevance) * len(relevance) / list_sum(relevance)) as largest "
        "from explanations group by sample_id"
    )
    largest = [
        float(f"{row['largest']:.3g}") for row in two_models("sql", query, "--format", "json").rows
    ]
    assert sorted(map(float, told)) == pytest.approx(sorted(largest), rel=0.02)


def test_of_several_models_those_that_can_be_asked_are(two_models, tmp_path):
    out = tmp_path / "out"
    named = ("--model", "tiny fp32", "--model", "nobody", "--model", "tiny bf16")
    ran = two_models("explain", "2.jpg", *named, "--prompt", WOMAN, "--out", out)
    assert (ran.status, ran.out) == (1, "2 explanations (0 were there)\n")
    failed = [line for line in ran.err.splitlines() if line.startswith("failed:")]
    assert len(failed) == 1
    assert failed[0].startswith("failed: nobody: No encoder 'nobody'.")
    assert "1 of 3 could not be done" in ran.err
    assert (out / "index.html").is_file()
    again = two_models("explain", "2.jpg", *named[2:4], "--prompt", WOMAN)
    assert (again.status, again.out) == (1, "")
    assert again.err.startswith("Error: No encoder 'nobody'.")


def test_a_model_without_the_method_is_named_and_the_other_is_asked(judged, pictures, tmp_path):
    pytest.importorskip("transformers")
    model = f"transformers:{transformers_folder('clip', tmp_path / 'clip')}"
    assert judged("ingest", pictures, "--model", model).status == 0
    named = ("--model", model, "--model", "tiny fp32", "--prompt", WOMAN, "--method", "relevancy")
    ran = judged("explain", "2.jpg", *named, "--out", tmp_path / "out")
    assert (ran.status, ran.out) == (1, "1 explanation (0 were there)\n")
    told = " ".join(ran.err.split())
    assert "failed: transformers:clip fp32: No relevancy for image tower TransformersTower" in told
    assert "use --method lime. Error: 1 of 2 could not be done" in told
    query = "select encoders.name, method from explanations inner join encoders using (encoder_id)"
    assert judged("sql", query, "--format", "json").rows == [
        {"name": "tiny fp32", "method": "relevancy"}
    ]


def test_faithfulness_is_measured_once_and_shown_on_the_page(judged, tmp_path):
    asked = ("explain", "--prompt", WOMAN, "--limit", "3", "--out", tmp_path, "--faithfulness")
    told = "3 explanations (0 were there)\n3 maps measured: see the view faithfulness_by_group\n"
    assert judged("settings", "min_samples", "2").status == 0
    assert judged(*asked).out == told
    assert "no map is left to be measured" in judged(*asked).out
    assert judged(*asked, "--seed", "1").out.splitlines()[1].startswith("3 maps measured")
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "How faithful the maps are" in page
    query = "select distinct n_samples from faithfulness_by_group where group_attribute = 'overall'"
    assert judged("sql", query, "--format", "json").rows == [{"n_samples": 3}]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("--prompt", WOMAN, "--prompt", WOMAN), f"'{WOMAN}' is given twice as --prompt: give each"),
        (("--prompt", WOMAN, "--against", WOMAN), f"'{WOMAN}' is one of --prompt, so --against needs"),
        (("--prompt-set", "raw_gender_labels", "--prompt", "a photo of a cat"), "No prompt 'a photo of a cat'"),
        (("--prompt", WOMAN, "--split", "nowhere"), "No sample with a readable picture fits"),
    ],
)  # fmt: skip
def test_what_is_asked_in_vain_leaves_nothing(judged, tmp_path, asked, message):
    out = tmp_path / "out"
    ran = judged("explain", *asked, "--limit", "2", "--out", out, "--faithfulness")
    assert ran.status in (1, 2)
    assert ran.out == ""
    assert message in " ".join(ran.err.split())
    assert not out.exists()
    (counted,) = judged("sql", "select count(*) as n from explanations", "--format", "json").rows
    assert counted == {"n": 0}


def test_prompts_of_a_set_are_explained_one_by_one(judged):
    query = "select text from prompts inner join prompt_set_members using (prompt_id) where prompt_set = 'raw_gender_labels' order by 1"
    texts = [row["text"] for row in judged("sql", query, "--format", "json").rows]
    asked = [part for text in texts for part in ("--prompt", text)]
    ran = judged("explain", "2.jpg", "--prompt-set", "raw_gender_labels", *asked)
    assert (ran.status, ran.out) == (0, f"{len(texts)} explanations (0 were there)\n")


def test_a_model_without_texts_is_refused_in_one_line(facestore, pictures, tmp_path):
    path, _ = timm_checkpoint("test_resnet", tmp_path)
    facestore("ingest", pictures, "--model", f"timm:test_resnet,{path}", "--dataset", "p")
    asked = ("explain", "--dataset", "p", "--model", f"timm:test_resnet,{path}", "--prompt", WOMAN)
    ran = facestore(*asked)
    assert (ran.status, ran.out) == (1, "")
    assert re.match(r"Error: Model 'timm:test_resnet' has no text side", " ".join(ran.err.split()))
    assert facestore("ingest", pictures, "--model", "tiny", "--dataset", "p").status == 0
    ran = facestore(*asked, "--model", "tiny")
    assert (ran.status, ran.out) == (1, "6 explanations (0 were there)\n")
    assert "has no text side" in ran.err
