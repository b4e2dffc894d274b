"""What the help says beyond each command: panels by what one wants to do, and an example each."""

import typer
from typer.models import CommandInfo, TyperInfo

from facestore.cli.parsing import ParsedGroup
from facestore.cli.usage import CheckedCommand

_PANELS = {
    "Start": "demo audit info",
    "Bring data in": "ingest import models prompts",
    "Measure": "bench score predict train bootstrap report sql",
    "Look closer": "near search explain explore index",
    "Look after the data": "dedup split doctor snapshot settings kinds migrate",
    "Take out": "forget remove rename merge",
    "Hand on": "check export",
}
_EXAMPLES = {
    "demo": "facestore demo",
    "audit": "facestore audit faces/ --labels labels.csv --model ViT-L-14,openai",
    "bench": "facestore bench cars/ pets/ --model ViT-B-32,openai --model ViT-L-14,openai",
    "info": "facestore info --store faces",
    "ingest": "facestore ingest faces/ --labels labels.csv --model ViT-L-14,openai",
    "models": "facestore models laion2b",
    "score": "facestore score age_race_gender_labels_v1",
    "predict": "facestore predict --prompt-set raw_gender_labels --attribute gender",
    "bootstrap": "facestore bootstrap --attribute gender",
    "report": "facestore report --open",
    "sql": "facestore sql 'from classifier_summary'",
    "near": "facestore near face.jpg -k 5",
    "search": "facestore search 'a photo of a woman' --html found.html",
    "explain": "facestore explain --prompt 'a photo of a woman' --limit 20",
    "explore": "facestore explore --open --where \"judged = 'wrong'\"",
    "index build": "facestore index build --model ViT-L-14,openai",
    "index certify": "facestore index certify --max-growth 0.2",
    "index drop": "facestore index drop",
    "dedup": "facestore dedup --policy keep-one --dry-run",
    "split": "facestore split --dataset faces --fractions 0.8,0.1,0.1",
    "forget": "facestore forget faces/val/17.jpg --dry-run",
    "rename dataset": "facestore rename dataset faces faces-2026",
    "rename classifier": "facestore rename classifier probe 'probe of May'",
    "rename encoder": "facestore rename encoder 'RN50 theirs imported' RN50,openai",
    "rename prompt-set": "facestore rename prompt-set mine mine-v1",
    "remove dataset": "facestore remove dataset trial --dry-run",
    "remove classifier": "facestore remove classifier probe",
    "remove encoder": "facestore remove encoder 'RN50 theirs imported' --with-classifiers",
    "remove prompt-set": "facestore remove prompt-set mine",
    "merge dataset": "facestore merge dataset val faces",
    "doctor": "facestore doctor",
    "snapshot": "facestore snapshot faces-2026-11.duckdb",
    "settings": "facestore settings min_samples 30",
    "kinds": "facestore kinds cars fine-grained",
    "migrate": "facestore migrate",
    "check": "facestore check --max-gap 0.05 --attribute gender --group race",
    "export": "facestore export fairlearn gender.csv --classifier NAME",
    "import annotations": "facestore import annotations tones.csv --dataset faces "
    "--attribute skin_tone",
    "import labels": "facestore import labels labels.csv --dataset faces",
    "import similarities": "facestore import similarities scores.json --dataset faces "
    "--model ViT-L-14,openai",
    "import predictions": "facestore import predictions theirs.csv --dataset faces "
    "--attribute gender --classifier theirs",
    "import embeddings": "facestore import embeddings vectors.npz --dataset faces "
    "--model RN50,openai",
    "import published": "facestore import published table.csv --dataset faces --attribute race",
    "import classifier": "facestore import classifier downloaded/ --name theirs",
    "prompts list": "facestore prompts list",
    "prompts show": "facestore prompts show raw_gender_labels",
    "prompts add": "facestore prompts add mine.yaml --attribute gender",
    "train probe": "facestore train probe --attribute gender --dataset faces --split train",
    "train heads": "facestore train heads --attribute gender --attribute race --dataset faces",
    "train age": "facestore train age --dataset faces --vectors",
}
FIRST_STEPS = """\
There is no store here yet. Type one of
  facestore demo            the whole job on bundled drawings, without a network
  facestore audit FOLDER --labels FILE --model ViT-B-32,openai
                            the whole job on your own images
  facestore --help          all commands"""


def add_guide(app: typer.Typer) -> None:
    """Put every command into its panel, with its example."""
    panels = {name: panel for panel, names in _PANELS.items() for name in names.split()}
    # Panels come in the order of their first commands.
    order = list(panels)
    app.registered_commands.sort(key=lambda command: order.index(_name(command)))
    for command in app.registered_commands:
        command.cls = CheckedCommand
        command.rich_help_panel = panels[_name(command)]
        command.epilog = f"Example: {_EXAMPLES[_name(command)]}"
    for group in app.registered_groups:
        group.cls = ParsedGroup
        group.rich_help_panel = panels[str(group.name)]
        _add_examples(group)


def _add_examples(group: TyperInfo) -> None:
    """Give every command of a group its example, and the group that of its first one."""
    commands = group.typer_instance.registered_commands if group.typer_instance else []
    for command in commands:
        command.cls = CheckedCommand
        command.epilog = f"Example: {_EXAMPLES[f'{group.name} {_name(command)}']}"
    group.epilog = commands[0].epilog


def _name(command: CommandInfo) -> str:
    return command.name or getattr(command.callback, "__name__", "").replace("_", "-")
