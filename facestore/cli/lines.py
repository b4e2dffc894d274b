"""How a summary becomes lines: each kind has a function of its own, in the modules beside this."""

from functools import singledispatch


@singledispatch
def lines_of(summary: object) -> list[str]:
    """Return a summary for people, one fact a line.

    Raises
    ------
    TypeError
        Of what is no summary.
    """
    message = f"no summary is known of a {type(summary).__name__}"
    raise TypeError(message)
