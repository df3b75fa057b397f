"""Read-only SQL from people: what is let through, and the session it runs in.

Two walls, each to hold where the other has a hole. The statement is parsed by DuckDB's own parser, and every relation
and function in it must be on a list of known good ones. The session then can open no file but the lake's, loads no
extension, and its settings are locked.
"""

from __future__ import annotations

import difflib
import functools
import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any

import duckdb

from warehouse.declared import relations, tables
from warehouse.errors import RefusedStatement
from warehouse.interrupting import interruptible
from warehouse.lake import LAKE, connect
from warehouse.results import FORMATS, write_result
from warehouse.schema import quoted

if TYPE_CHECKING:
    from warehouse.location import Location

__all__ = ["FORMATS", "check", "connect_guarded", "run", "write_result"]

_SCHEMAS = frozenset({("", ""), ("", "main"), ("", LAKE), ("", "memory"), (LAKE, "main"), ("memory", "main")})
_INFORMATION = frozenset({"tables", "columns"})
_SHOWN = frozenset({'"tables"', "__show_tables_expanded"})
_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "json_each", "json_tree"})
_VOLATILE_FUNCTIONS = frozenset({"random", "setseed", "uuid", "uuidv4", "uuidv7", "gen_random_uuid", "error"})
_REFUSED_FUNCTIONS = frozenset(
    {
        *("current_setting", "getenv", "getvariable", "version", "get_block_size"),  # settings and the machine
        "json_serialize_plan",  # binds the statement it is given, and so opens the files named in it
        "pg_sleep",
    }
)
_PLAN_FORMAT = re.compile(rb"\(\s*format\s+([a-z]+)\s*\)", re.IGNORECASE)
_CTE_NAME = re.compile(r"\w+")

Node = Mapping[str, Any]


def run(
    location: Location,
    sql: str,
    output_format: str,
    out: IO[bytes],
    width: int | None = None,
    *,
    keeps_formulas: bool = False,
    snapshot: int | None = None,
) -> int:
    """Checks `sql`, runs it in a guarded session, writes its result to `out` and returns the number of rows written.

    `width` and `keeps_formulas` are those of `write_result`, `snapshot` is that of `connect`.

    Raises:
        RefusedStatement: it is not one reading statement over the warehouse.
        WarehouseMissing: there is no warehouse.
        duckdb.Error: it does not run, for example for an unknown column.
    """
    checked = check(sql)
    with connect_guarded(location, snapshot) as connection:
        try:
            with interruptible(connection):
                return write_result(connection, checked, output_format, out, width, keeps_formulas=keeps_formulas)
        except BaseException:
            connection.interrupt()  # closing waits until what still runs has come to its end
            raise


def connect_guarded(location: Location, snapshot: int | None = None) -> duckdb.DuckDBPyConnection:
    """`connect`, read-only, in a session that opens no file but the lake's and whose settings are locked.

    The extensions for SQLite and PostgreSQL do not heed those settings: statements must pass `check` all the same.
    """
    connection = connect(location, snapshot=snapshot)
    settings = {
        "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allowed_directories": f"[{quoted(location.data_root)}]",
        "allowed_paths": "[]" if location.is_in_postgres else f"[{quoted(str(location.catalog_file))}]",
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
    for name, value in settings.items():
        connection.execute(f"SET {name} = {value}")
    return connection


def check(sql: str) -> str:
    """Lets one reading statement over the warehouse's relations pass.

    That is SELECT, FROM, WITH, VALUES, TABLE, PIVOT with its values listed, UNPIVOT, DESCRIBE, SUMMARIZE, SHOW TABLES,
    or EXPLAIN of one of these.

    Returns:
        The statement to run: the text that was looked at, so that nothing else runs.

    Raises:
        RefusedStatement: in one line, what was refused and why; where it cannot be parsed is a note of it.
    """
    checked, tree = _parse(sql)
    nodes = list(_walk(tree))
    ctes = {_checked_cte_name(name) for node in nodes for name in _cte_names(node)}
    for node in nodes:
        kind = node.get("type")
        if kind == "BASE_TABLE":
            _check_table(node, ctes)
        elif kind == "TABLE_FUNCTION":
            _check_table_function(str(node["function"]["function_name"]))
        elif kind == "SHOW_REF" and not node.get("query"):
            _check_show(node)
        elif node.get("class") in {"FUNCTION", "WINDOW"}:
            _check_function(str(node["function_name"]))
    return checked


def _parse(sql: str) -> tuple[str, Node]:
    """The statement, and its syntax tree as `json_serialize_sql` gives it: only those of the SELECT kind have one.

    Of EXPLAIN it is the tree of what is explained, and the statement is put together anew of that.
    """
    try:
        sql.encode()
    except UnicodeEncodeError as error:
        raise RefusedStatement("refused a statement that is no text: some of its bytes are not UTF-8") from error
    with duckdb.connect() as parser:
        try:
            statements = parser.extract_statements(sql)
        except duckdb.Error as error:
            message, _, place = str(error).partition("\n\n")
            refused = RefusedStatement(f"cannot be parsed: {_shown(message, 300)}")
            if place:
                refused.add_note(place)  # the line with a caret below it
            raise refused from error
        if len(statements) != 1:
            raise RefusedStatement(f"refused {len(statements)} statements: it must be exactly one{_hint(sql)}")
        kind = statements[0].type.name
        verb, text = _explained(statements[0].query) if kind == "EXPLAIN" else ("", sql)
        try:
            # Not as a parameter: the first one that DuckDB is given has it import pandas, which takes a second.
            row = parser.execute(f"SELECT json_serialize_sql({quoted(text)})").fetchone()
            parsed = json.loads(row[0]) if row else {}
        except (RecursionError, duckdb.Error) as error:
            raise RefusedStatement("refused: the statement nests too deeply to be checked") from error
    found = parsed.get("statements", [])
    if parsed.get("error") or len(found) != 1:
        raise RefusedStatement(f"refused {'PRAGMA' if kind == 'SELECT' else kind}: only SELECT and its like run here")
    return verb + text, found[0]


def _hint(sql: str) -> str:
    return "; PIVOT needs its values listed: ON column IN (...)" if re.search(r"\bpivot\b", sql, re.IGNORECASE) else ""


def _explained(sql: str) -> tuple[str, str]:
    """EXPLAIN, with ANALYZE or a format of the plan, and the statement that it is about."""
    text = sql.encode()  # in bytes DuckDB counts where a token starts
    starts = [*(start for start, kind in duckdb.tokenize(sql) if kind != duckdb.token_type.comment), len(text)]
    if plan_format := _PLAN_FORMAT.match(text, starts[1]):
        return f"EXPLAIN (FORMAT {plan_format[1].decode()}) ", text[plan_format.end() :].decode()
    is_analyzed = re.match(rb"analyze\b", text[starts[1] :], re.IGNORECASE) is not None
    about = text[starts[2] if is_analyzed else starts[1] :]
    return "EXPLAIN ANALYZE " if is_analyzed else "EXPLAIN ", about.decode()


def _walk(root: object) -> Iterator[Node]:
    """Every JSON object under `root`."""
    waiting = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield item
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _cte_names(node: Node) -> Iterator[str]:
    ctes = node.get("cte_map")
    if isinstance(ctes, dict):
        yield from (entry["key"] for entry in ctes.get("map", []))
    if isinstance(name := node.get("cte_name"), str):
        yield name


def _checked_cte_name(name: str) -> str:
    """The name as it is looked up.

    Scopes are not followed. So outside its scope a name must stand for nothing: neither a file (those have dots or
    slashes) nor a relation of DuckDB's own.
    """
    if not _CTE_NAME.fullmatch(name) or name.lower() in _known()["relations"]:
        raise RefusedStatement(
            f"refused the CTE name {_shown(name)}: use a plain word that names nothing of DuckDB's own"
        )
    return name.lower()


def _check_table(node: Node, ctes: set[str]) -> None:
    catalog, schema, name = (
        str(node.get(part) or "").lower() for part in ("catalog_name", "schema_name", "table_name")
    )
    if (catalog, schema) == ("", "") and name in ctes:
        return
    is_ours = (catalog, schema) in _SCHEMAS
    if is_ours and (name in tables() or name in relations().keys() - _macros()):
        return
    if (catalog, schema) == ("", "information_schema") and name in _INFORMATION:
        return
    written = ".".join(str(node.get(part)) for part in ("catalog_name", "schema_name", "table_name") if node.get(part))
    if is_ours and name in _macros():
        how = "SELECT" if relations()[name].kind == "function" else "FROM"
        raise RefusedStatement(f"refused to read {name}: it is a macro, {how} {_called(name)}")
    raise RefusedStatement(
        f"refused to read {_shown(written)}: not a relation of the warehouse{_closest(name)};"
        " FROM dictionary lists them"
    )


def _closest(name: str, among: Collection[str] = ()) -> str:
    """A hint at the name that is likely meant, of the warehouse's relations if not `among` others."""
    found = difflib.get_close_matches(
        name.lower(), sorted(among or tables().keys() | relations().keys()), n=1, cutoff=0.65
    )
    return f" (did you mean {_called(found[0])}?)" if found else ""


def _called(name: str) -> str:
    """The name as it is written in a query: that of a macro has brackets."""
    return f"{name}{relations()[name].parameters}" if name in relations() else name


def _check_table_function(name: str) -> None:
    allowed = _TABLE_FUNCTIONS | _macros()
    if name.lower() not in allowed:
        raise RefusedStatement(
            f"refused the table function {_shown(name)}{_closest(name)}: only {', '.join(sorted(allowed))} run here"
        )


def _check_show(node: Node) -> None:
    if node.get("table_name") in _SHOWN or str(node.get("schema_name")).lower() in {LAKE, "memory", "main"}:
        return
    raise RefusedStatement(f"refused SHOW {_shown(str(node.get('table_name')))}: only SHOW [ALL] TABLES runs here")


def _check_function(name: str) -> None:
    allowed = _known()["functions"] | _TABLE_FUNCTIONS | _macros()
    if name.lower() not in allowed:
        raise RefusedStatement(
            f"refused the function {_shown(name)}{_closest(name, allowed)}: not known to read nothing but its arguments"
        )


def _macros() -> frozenset[str]:
    return frozenset(name for name, relation in relations().items() if relation.kind != "view")


@functools.cache
def _known() -> Mapping[str, frozenset[str]]:
    """Names of DuckDB's own: `relations` (system views), and `functions` that depend on their arguments alone.

    Functions are those DuckDB itself calls consistent (or consistent within a query: the clock), without those that
    we know to look at more than their arguments. Extensions are not loaded here, so theirs are not among them.
    """
    with duckdb.connect() as connection:
        views = connection.execute("SELECT lower(view_name) FROM duckdb_views() WHERE internal").fetchall()
        functions = connection.execute(
            "SELECT lower(function_name) FROM duckdb_functions()"
            " WHERE function_type IN ('scalar', 'aggregate', 'macro') AND schema_name = 'main'"
            " GROUP BY ALL HAVING bool_and(coalesce(stability, 'CONSISTENT') <> 'VOLATILE')"
        ).fetchall()
    return {
        "relations": frozenset(name for (name,) in views),
        "functions": frozenset(name for (name,) in functions) - _REFUSED_FUNCTIONS | _VOLATILE_FUNCTIONS,
    }


def _shown(text: str, length: int = 80) -> str:
    """`text` on one line, without control characters, cut to `length`."""
    line = "".join(c if c.isprintable() else " " for c in text).strip()
    return line if len(line) <= length else f"{line[:length]}…"
