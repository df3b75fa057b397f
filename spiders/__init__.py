"""Fetch news pages politely, archive every byte, read pages into records. No Prefect, pandas or DuckDB here."""
