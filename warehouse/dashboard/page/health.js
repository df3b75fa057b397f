// The top of the page: whether each site is well, and how fresh.

// In the words of `wirehouse status`, by its rules: warnings alone leave a warehouse healthy.
const HEALTH = { bad: "Not healthy", warn: "Healthy, with warnings", well: "Healthy" };
const LATE_INTERVALS = 4;
const LATEST_S = 3600;
const LATEST_UNKNOWN_S = 24 * 3600;

/** bad, warn or well, and why. */
function healthOf(site) {
  const last = rows("runs").filter((run) => run.site === site.site).at(-1);
  const failed = rows("checks").filter((check) => check.site === site.site && check.is_newest);
  const reasons = [];
  if (!last) reasons.push(["warn", "no run yet"]);
  if (last?.state === "failed") reasons.push(["bad", `the last run failed${last.reason ? `: ${last.reason}` : ""}`]);
  else if (last && last.state !== "complete") {
    reasons.push(["warn", `the last run is ${last.state}${last.reason ? `: ${last.reason}` : ""}`]);
  }
  const errors = failed.filter((check) => check.severity === "error");
  if (errors.length) reasons.push(["bad", `${counted(errors.length, "check")} stopped the last run`]);
  const warnings = failed.length - errors.length;
  if (warnings) reasons.push(["warn", `${counted(warnings, "warning")} in the last run`]);
  const silence = site.last_ingest_at === null ? 0 : facts.made_at - site.last_ingest_at;
  const usual = site.usual_gap_s;
  if (silence > (usual ? Math.max(LATE_INTERVALS * usual, LATEST_S) : LATEST_UNKNOWN_S)) {
    reasons.push(["bad", `no run for ${span(silence)}${usual ? `; usual are ${span(usual)}` : ""}`]);
  }
  if (site.future) reasons.push(["warn", `${counted(site.future, "article")} dated in the future, left out below`]);
  const kind = reasons.some(([how]) => how === "bad") ? "bad" : reasons.length ? "warn" : "well";
  return { kind, reasons: reasons.map(([, why]) => why), last };
}

/** New and revised articles of the last runs, as small bars. */
function sparkline(site) {
  const runs = rows("runs").filter((run) => run.site === site).slice(-30);
  if (runs.length < 2) return null;
  const most = Math.max(1, ...runs.map((run) => run.new + run.revised));
  const bars = runs.map((run, place) => ({ place, amount: Math.sqrt((run.new + run.revised) / most), run }));
  const label = `New and revised articles of the last ${runs.length} runs, oldest first: ${runs
    .map((run) => run.new + run.revised)
    .join(", ")}`;
  return element(
    "div",
    { class: "spark" },
    element("dt", {}, `Last ${runs.length} runs`),
    element("dd", {}, chart(label, {
      width: 220, height: 40, margin: 0, marginBottom: 1, axis: null,
      x: { type: "band", domain: d3.range(Math.max(12, runs.length)), padding: 0.25 },
      y: { domain: [0, 1] },
      marks: [
        Plot.ruleY([0], { stroke: "var(--line)" }),
        Plot.barY(bars, {
          x: (bar) => bar.place + Math.max(0, 12 - runs.length), y: "amount",
          fill: (bar) => (bar.run.state === "failed" ? "var(--bad)" : "var(--accent)"),
        }),
      ],
    })),
  );
}

function siteCard(site) {
  const { kind, reasons, last } = healthOf(site);
  const item = (name, value, note) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value, note && element("small", {}, note)));
  return element(
    "article",
    { class: `site ${kind}`, "aria-label": site.site },
    element("header", {}, element("h3", {}, site.site), pill(kind, HEALTH[kind])),
    reasons.length ? element("ul", { class: "reasons" }, reasons.map((why) => element("li", {}, foreign(why)))) : null,
    element(
      "dl",
      {},
      item("Last run", timed(site.last_run_at), last && `${figure(last.new)} new, ${figure(last.revised)} revised`),
      item("Newest article", timed(site.newest_at), site.undated ? `${figure(site.undated)} undated` : null),
      item("Articles", figure(site.articles), `of ${figure(site.addresses)} addresses`),
      item("Waiting", figure(site.pending), `${figure(site.failed)} failed`),
      sparkline(site.site),
    ),
  );
}

/** What no row of the warehouse tells: runs that died or were set aside, a full disk. */
function besideCard() {
  const found = facts.left_lying;
  if (!found.length) return "";
  return element(
    "article",
    { class: "site bad beside", "aria-label": "Runs and disk" },
    element("header", {}, element("h3", {}, "Runs and disk"), pill("bad", HEALTH.bad)),
    element("ul", { class: "reasons" }, found.map((what) => element("li", {}, foreign(what)))),
  );
}

function drawHealth() {
  const sites = rows("sites");
  content("health").replaceChildren(
    besideCard(),
    sites.length
      ? element("div", { class: "sites" }, sites.map(siteCard))
      : nothing("There is nothing yet: wirehouse ingest --site NAME makes a first run."),
  );
}
