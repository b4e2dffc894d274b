"""The pages of the report, as `reports/pages.toml` lists them."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from facestore import resources
from facestore.reporting.tables import Table

FIRST_PAGE = "summary"


@dataclass(frozen=True)
class Page:
    """One page of the report.

    Attributes
    ----------
    name
        Of its file, and of its template if it has one; the first page is `index.html`.
    title
        In the navigation, and above the page.
    lead
        What it answers, in one sentence.
    queries
        Names of the query files that it shows, in this order.
    needs
        Of these queries at least one has to have rows, or the page is left out; empty: never.
    why, command
        What is said where it is left out, and the command that would fill it.
    formerly
        Names of pages of older versions that it holds now.
    """

    name: str
    title: str
    lead: str
    queries: tuple[str, ...]
    needs: tuple[str, ...] = ()
    why: str = ""
    command: str = ""
    formerly: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """Name of its file."""
        return "index.html" if self.name == FIRST_PAGE else f"{self.name}.html"

    def is_filled(self, tables: Mapping[str, Table]) -> bool:
        """Whether there is something to show."""
        return not self.needs or any(tables[name].n_rows for name in self.needs)


def _read_pages() -> tuple[Page, ...]:
    text = (resources.folder("reports") / "pages.toml").read_text(encoding="utf-8")
    lists = {"queries": (), "needs": (), "formerly": ()}
    return tuple(
        Page(name, **(facts | {key: tuple(facts.get(key, each)) for key, each in lists.items()}))
        for name, facts in tomllib.loads(text).items()
    )


*_pages, DIFF_PAGE = _read_pages()
PAGES = tuple(_pages)

# Queries which every report runs: which classifiers are shown and how they are called, what is in
# the store.
ALWAYS = ("best_classifiers", "classifier_names", "fingerprint", "datasets")
# Files that older versions wrote: a new report takes them away.
FORMER_FILES = tuple(
    f"{name}.html" for page in PAGES for name in page.formerly if name != "overview"
)


def page_names() -> list[str]:
    """Return the names of the pages that need no second store."""
    return [page.name for page in PAGES]


def current_name(name: str) -> str:
    """Return the page that holds what a page of an older version held; else the name itself."""
    return next((page.name for page in PAGES if name in page.formerly), name)


def queries_of(pages: Iterable[Page]) -> list[str]:
    """Return the names of all queries of some pages, each once."""
    names = [*ALWAYS, *(name for page in pages for name in page.queries)]
    return list(dict.fromkeys(names))
