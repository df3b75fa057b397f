// How often each field is found on the pages, and which checks failed.

/** Per site and field: the share in the last run, in those before, and the series. */
function fieldsOf(site) {
  return d3.groups(rows("coverage").filter((row) => row.site === site), (row) => row.field).map(([field, runs]) => {
    const last = runs.at(-1);
    const before = runs.slice(0, -1);
    const share = last.found / last.pages;
    const usual = before.length ? total(before, "found") / total(before, "pages") : null;
    return { field, runs, last, share, usual, fell: usual === null ? 0 : usual - share };
  });
}

/** The runs as small squares, darker where the field was found more often. */
const strip = (runs) =>
  element(
    "span",
    { class: "strip", "aria-hidden": "true" },
    runs.map((run) => element("i", { style: `--share:${(run.found / run.pages).toFixed(3)}`, title: `${moment(run.observed_at)}: ${run.found} of ${run.pages}` })),
  );

function coverageTable(site) {
  const fields = d3.sort(fieldsOf(site), (field) => -Math.max(0, field.fell - 0.05), (field) => field.share, (field) => field.field);
  return table(
    `${site}: fields found on the pages of the last ${d3.max(fields, (field) => field.runs.length)} runs, those that fell most first`,
    [
      { title: "Field", head: true, cell: (row) => words(row.field) },
      { title: "Last run", number: true, cell: (row) => percent(row.last.found, row.last.pages) },
      { title: "Before", number: true, cell: (row) => (row.usual === null ? "–" : `${Math.round(100 * row.usual)} %`) },
      { title: "", cell: (row) => (row.fell > 0.05 ? pill("warn", `fell ${Math.round(100 * row.fell)} points`) : "") },
      { title: "Runs, oldest first", cell: (row) => strip(row.runs) },
    ],
    fields,
    { kind: "tight" },
  );
}

function checksTable(failed) {
  if (!failed.length) return nothing("Every check passed.");
  return table(
    "Checks that failed, the newest first",
    [
      { title: "Checked (UTC)", cell: (row) => timed(row.checked_at) },
      { title: "Check", head: true, cell: (row) => [words(row.check), " ", pill(row.severity === "error" ? "bad" : "warn", row.severity)] },
      { title: "Subject", kind: "text", cell: (row) => [foreign(row.subject ?? row.site), row.detail && element("small", {}, foreign(row.detail))] },
      { title: "Expected", cell: (row) => foreign(row.expected) },
      { title: "Found", cell: (row) => foreign(row.observed) },
      { title: "Run", cell: (row) => (row.is_newest ? "the newest" : "an earlier one") },
    ],
    failed,
    { kind: "stacked" },
  );
}

function drawFields() {
  const sites = rows("sites").map((row) => row.site).filter((site) => !choice.site || site === choice.site);
  const covered = sites.filter((site) => rows("coverage").some((row) => row.site === site));
  content("fields").replaceChildren(
    checksTable(chosen(rows("checks"))),
    ...(covered.length ? covered.map(coverageTable) : [nothing("No page was read yet.")]),
  );
}
