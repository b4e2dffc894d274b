"""The Python interface: a store, with the same verbs as the command line."""

from facestore.arguments import checked
from facestore.audit import audit
from facestore.benchmark import bench
from facestore.curation.dedup import dedup, duplicates, export_excluded, undo_dedup
from facestore.curation.split import split
from facestore.demo.demo import demo
from facestore.explaining.explain import explain
from facestore.exploring.explore import explore
from facestore.exporting.export import export
from facestore.importing.annotations import import_annotations, preview_annotations
from facestore.importing.embeddings import import_embeddings
from facestore.importing.labels import import_labels, preview_labels
from facestore.importing.predictions import import_predictions
from facestore.importing.published import import_published
from facestore.importing.similarities import import_similarities
from facestore.ingest.ingest import ingest, preview_ingest
from facestore.neighbours.certify import certify_index
from facestore.neighbours.index import build_index, drop_index
from facestore.neighbours.near import near, search
from facestore.neighbours.neighbours import find_neighbours
from facestore.removing.forget import forget
from facestore.removing.remove import (
    remove_classifier,
    remove_dataset,
    remove_encoder,
    remove_prompt_set,
)
from facestore.removing.rename import (
    merge_dataset,
    rename_classifier,
    rename_dataset,
    rename_encoder,
    rename_prompt_set,
)
from facestore.reporting.explanation_page import write_explanations
from facestore.reporting.gallery_page import write_gallery
from facestore.reporting.headlines import headlines
from facestore.reporting.report import report
from facestore.stores import Stores
from facestore.training.classify import predict_with
from facestore.training.gradients.train_ages import train_age
from facestore.training.gradients.train_heads import train_heads
from facestore.training.probes.train_probes import train_probe
from facestore.training.published.import_classifier import import_classifier
from facestore.upkeep.bootstrap import bootstrap
from facestore.upkeep.check import check
from facestore.upkeep.doctor import doctor, repair
from facestore.upkeep.info import info, overview
from facestore.upkeep.query import execute, rows, sql
from facestore.upkeep.settings import change_kind, change_setting, kinds, migrate, settings
from facestore.upkeep.snapshot import snapshot
from facestore.zero_shot.many import predict_all, score_all
from facestore.zero_shot.predict import predict
from facestore.zero_shot.prompt_sets import add_prompts, prompt_set, prompt_sets
from facestore.zero_shot.score import score


@checked
class Store(Stores):
    """A folder with a DuckDB catalogue and a LanceDB of vectors, and what can be done with them.

    Use it as a context: ``with Store.open("faces") as store: ...``. Nothing is written before the
    first verb that writes. Each verb is a function of its room, bound here: its first parameter is
    the store.
    """

    ingest = ingest
    preview_ingest = preview_ingest
    import_labels = import_labels
    preview_labels = preview_labels
    import_annotations = import_annotations
    preview_annotations = preview_annotations
    import_similarities = import_similarities
    import_predictions = import_predictions
    import_embeddings = import_embeddings
    import_published = import_published
    import_classifier = import_classifier

    prompt_sets = prompt_sets
    prompt_set = prompt_set
    add_prompts = add_prompts
    score = score
    score_all = score_all
    predict = predict
    predict_all = predict_all

    train_probe = train_probe
    train_heads = train_heads
    train_age = train_age
    predict_with = predict_with

    build_index = build_index
    certify_index = certify_index
    drop_index = drop_index
    find_neighbours = find_neighbours
    near = near
    search = search
    write_gallery = write_gallery
    explain = explain
    write_explanations = write_explanations

    duplicates = duplicates
    dedup = dedup
    undo_dedup = undo_dedup
    export_excluded = export_excluded
    split = split

    forget = forget
    remove_dataset = remove_dataset
    remove_classifier = remove_classifier
    remove_encoder = remove_encoder
    remove_prompt_set = remove_prompt_set
    rename_dataset = rename_dataset
    rename_classifier = rename_classifier
    rename_encoder = rename_encoder
    rename_prompt_set = rename_prompt_set
    merge_dataset = merge_dataset

    report = report
    headlines = headlines
    bootstrap = bootstrap
    check = check
    export = export
    explore = explore
    sql = sql
    rows = rows
    execute = execute

    audit = audit
    bench = bench
    demo = demo
    info = info
    overview = overview
    doctor = doctor
    repair = repair
    snapshot = snapshot
    settings = settings
    kinds = kinds
    set_kind = change_kind
    set = change_setting
    migrate = migrate
