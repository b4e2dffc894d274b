"""The script that draws charts: Vega, Vega-Lite and vega-embed in one file.

To put it together takes two seconds, so it is kept in the user's cache, under the versions that
decide it.
"""

from contextlib import suppress
from functools import cache
from importlib.metadata import version
from typing import Any

from platformdirs import user_cache_path

from facestore.config import CHARTS_ADDRESS_SPACE
from facestore.faults import require_address_space
from facestore.files import is_private, write_private


def vega_lite_version() -> str:
    """Return the version of Vega-Lite, such as 6.1, for which altair writes."""
    import altair as alt

    return ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])


@cache
def script_bundle() -> str:
    """Return Vega, Vega-Lite and vega-embed as one script that needs nothing else."""
    name = f"charts-{version('vl-convert-python')}-{vega_lite_version()}.js"
    file = user_cache_path("facestore", appauthor=False) / name
    with suppress(OSError, ValueError):  # it is not there, or not readable: it is made again
        # what somebody else could have written runs in nobody's browser
        if is_private(file.parent) and is_private(file):
            return file.read_text(encoding="utf-8")
    made = _made()
    with suppress(OSError):  # a home that may only be read
        write_private(file, made)
    return made


def _made() -> str:
    require_address_space(CHARTS_ADDRESS_SPACE, "the drawing of charts")
    import vl_convert

    # the default snippet, which makes vegaEmbed known to the page
    converter: Any = vl_convert
    bundle: str = converter.javascript_bundle(None, vl_version=vega_lite_version())
    return bundle
