"""Prefect flows, and the command line over them: it knows all other packages and holds no work itself."""
