"""What the checks of each run found."""

from __future__ import annotations

from warehouse.schema import Column, Table, required

TABLE = Table(
    name="checks",
    grain="One row per run, check and subject it looked at, also of runs that a failed check stopped.",
    key=("run_id", "check", "subject"),
    columns=(
        required("run_id", "VARCHAR", "run that was checked; of one that was stopped and tried again, the last try"),
        required("check", "VARCHAR", "name of the check"),
        Column("subject", "VARCHAR", "what it looked at: a site, a field, a count; null where there is but one"),
        required("severity", "VARCHAR", "error (stops the run's publication) or warning"),
        required("expected", "VARCHAR", "what should have been found"),
        required("observed", "VARCHAR", "what was found"),
        required("passed", "BOOLEAN", "whether that is well"),
        Column("detail", "VARCHAR", "what else a person needs to look into it, such as the first examples"),
        Column("look", "VARCHAR", "a query that shows more"),
        required("checked_at", "TIMESTAMPTZ", "when the check was made"),
    ),
    sorted_by=("checked_at",),
)
