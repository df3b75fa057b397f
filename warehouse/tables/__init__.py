"""One module per table, each declaring a `TABLE` of the module's own name."""
