"""The dashboard: one HTML file that needs nothing else, made from one snapshot of the warehouse.

`queries/` has one SQL file for each thing the page shows, over the tables of the lake (`lake.name`) and over `filed`
and `biggest`, which the files of these names make first. `page/` has the page: a template, its style, its scripts, and
the chart library.
"""

from __future__ import annotations

from warehouse.dashboard.assembling import assemble
from warehouse.dashboard.facts import gather

__all__ = ["assemble", "gather"]
