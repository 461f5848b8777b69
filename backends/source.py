"""The one jinja2 environment. Templates loop over a view and print it, no more."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,
)


def render(template: str, view: object) -> str:
    """The text of a template such as `torch/templates/module.jinja`, which knows `view` alone."""
    return _ENVIRONMENT.get_template(template).render(view=view)
