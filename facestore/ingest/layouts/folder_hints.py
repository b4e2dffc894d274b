"""What to add so that folders are read as labels, where by themselves they were not."""

from collections.abc import Iterator

from facestore.errors import preview
from facestore.ingest.layouts.class_folders import are_years, folders_like_classes, levels_of
from facestore.ingest.layouts.files import Folder
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.mappings import known_sources
from facestore.spelling import fold

_ADD = "add `layout=imagefolder`"
# More folders than this are those of persons; and so many pictures a class has at least.
_MOST_CLASSES, _LEAST_PICTURES = 20, 5


def folder_hints(folder: Folder, rules: LabelRules, *, has_tables: bool = False) -> tuple[str, ...]:
    """Return what folders may say, the likeliest; nothing where they say nothing.

    Parameters
    ----------
    folder
        What was read without labels.
    rules
        What may be a label; without any class the labels come from elsewhere.
    has_tables
        Whether tables of labels lie near: then folders that could be anything are nothing.
    """
    levels = [sorted({*level.values()}) for level in levels_of(folder)]
    if not rules.classes or not levels:
        return ()
    found = _known(folder, levels, rules)
    return found or (() if has_tables else tuple(_few(folder, levels)))


def are_few(folder: Folder, rules: LabelRules) -> bool:
    """Whether folders may be classes of any attribute, and of no known one."""
    levels = [sorted({*level.values()}) for level in levels_of(folder)]
    return bool(
        levels and [*_few(folder, levels)] and not (rules.classes and _known(folder, levels, rules))
    )


def _known(folder: Folder, levels: list[list[str]], rules: LabelRules) -> tuple[str, ...]:
    """Return what folders say that are called as something known."""
    return (*_coded(levels, rules),) or folders_like_classes(folder, rules) or (*_years(levels),)


def _coded(levels: list[list[str]], rules: LabelRules) -> Iterator[str]:
    """Yield the one known source whose codes some folders are, with what else it may tell."""
    found: dict[str, dict[str, list[str]]] = {}
    for each in known_sources().values():
        for attribute in rules.classes:
            known = {fold(code) for code in each.mapping.values.get(attribute, ())}
            for names in levels:
                if len(names) > 1 and known.issuperset(map(fold, names)):
                    found.setdefault(each.name, {})[attribute] = names
    if len(found) != 1:  # codes that several have may mean anything
        return
    ((source, read),) = found.items()
    asked, shown = list(read), next(iter(read.values()))
    others = [names for names in levels if names not in read.values()]
    if "age" not in read and any(map(are_years, others)):
        asked.append("age")
    yield (
        f"no labels were read: if folders {_shown(shown)} are those of {source}, {_ADD} "
        f"{' '.join(f'`attributes={each}`' for each in asked)} `mapping={source}`"
    )


def _years(levels: list[list[str]]) -> Iterator[str]:
    for names in levels:
        if are_years(names):
            yield (
                f"no labels were read: if folders {_shown(names)} are ages in years, {_ADD} "
                "`attributes=age`"
            )


def _few(folder: Folder, levels: list[list[str]]) -> Iterator[str]:
    names = levels[0]
    is_few = 2 <= len(names) <= _MOST_CLASSES
    if is_few and len(folder.entries) >= _LEAST_PICTURES * len(names):
        yield (
            f"no labels were read: if folders {_shown(names)} are classes of an attribute, {_ADD} "
            "`attributes=NAME` `new_classes=True` with its name (new classes have no prompts)"
        )


def _shown(names: list[str]) -> str:
    return preview(map(repr, names))
