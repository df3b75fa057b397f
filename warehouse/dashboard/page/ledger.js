// Every address ever discovered, by the state it is in.

const STATES = {
  landed: ["var(--c1)", "the one address of an article"],
  alias: ["var(--c2)", "another address of a known article"],
  pending: ["var(--c3)", "not asked for yet"],
  failed: ["var(--c4)", "the last tries got no answer"],
  rejected: ["var(--c5)", "the page could not be used"],
  gone: ["var(--c6)", "not there, and never landed"],
  not_article: ["var(--c7)", "a page, but no article"],
  off_scope: ["var(--c8)", "outside what is collected"],
  blocked_by_robots: ["var(--axis)", "robots.txt forbids it"],
  taken_down: ["var(--rest)", "removed for good"],
};

function drawLedger() {
  const list = chosen(rows("ledger"));
  const place = content("ledger");
  if (!list.length) return place.replaceChildren(nothing("No address is known yet."));
  const sites = [...new Set(list.map((row) => row.site))];
  const states = Object.keys(STATES).filter((state) => list.some((row) => row.state === state));
  const described = `Addresses by state: ${states.map((state) => `${words(state)} ${figure(total(list.filter((row) => row.state === state), "addresses"))}`).join(", ")}`;
  const width = widthOf("ledger");
  const most = d3.max(sites, (site) => total(list.filter((row) => row.site === site), "addresses"));
  const drawn = chart(described, {
    width, height: 34 + 34 * sites.length, marginLeft: Math.min(130, width * 0.3), marginRight: 10, marginTop: 0, marginBottom: 26,
    x: { label: null, ticks: wholeTicks(most, 5), tickSize: 0, tickFormat: "~s" },
    y: { domain: sites, label: null, tickSize: 0, padding: 0.3 },
    color: { domain: states, range: states.map((state) => STATES[state][0]) },
    marks: [Plot.barX(list, { x: "addresses", y: "site", fill: "state", order: states, inset: 0.5, title: (row) => `${words(row.state)}: ${figure(row.addresses)}`, tip: { fill: "var(--card)", stroke: "var(--line)" } })],
  });
  const sum = (state, site) => total(list.filter((row) => row.state === state && row.site === site), "addresses");
  return place.replaceChildren(
    drawn,
    table(
      "Addresses by state",
      [
        { title: "State", head: true, cell: (state) => [element("span", { class: "swatch", style: `background:${STATES[state][0]}` }), words(state)] },
        ...sites.map((site) => ({ title: site, number: true, cell: (state) => figure(sum(state, site)) })),
        { title: "Meaning", cell: (state) => element("span", { class: "quiet" }, STATES[state][1]) },
      ],
      states,
      { hidden: true, kind: "tight" },
    ),
  );
}
