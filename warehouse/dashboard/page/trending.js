// What trends in each edition of a site, and how it got there.

let edition = null;

const editionKey = (row) => `${row.site}\n${row.edition}`;
const editionName = (key) => {
  const [site, name] = key.split("\n");
  return `${site} · ${name ? words(name).replaceAll("-", " ") : "main edition"}`;
};

/** What is known of each entry: its points by time, best rank, and time on the list. */
function entriesOf(points) {
  return d3.groups(points, (point) => point.entry).map(([entry, list]) => {
    const sorted = d3.sort(list, (point) => point.looked_at);
    const spells = d3.rollups(sorted, (spell) => spell.at(-1).looked_at - spell[0].looked_at, (point) => point.stretch);
    return {
      entry, points: sorted, last: sorted.at(-1), first: sorted[0],
      best: d3.min(sorted, (point) => point.rank), seconds: d3.sum(spells, ([, seconds]) => seconds),
    };
  });
}

function trendingChart(entries, now) {
  const listed = entries.filter((each) => each.last.looked_at === now);
  const shade = new Map(d3.sort(listed, (each) => each.last.rank).map((each, place) => [each.entry, `var(--c${(place % 8) + 1})`]));
  const points = entries.flatMap((each) => each.points.map((point) => ({ ...point, at: new Date(point.looked_at * 1000) })));
  const lowest = d3.max(points, (point) => point.rank);
  const described = `Rank over time of ${counted(entries.length, "entry", "entries")}. Now on the list: ${d3
    .sort(listed, (each) => each.last.rank)
    .map((each) => `${each.last.rank}. ${each.last.title}`)
    .join("; ")}`;
  const stroke = (point) => shade.get(point.entry) ?? "var(--rest)";
  const width = Math.max(260, Math.min(widthOf("trending"), 640));
  return chart(described, {
    width, height: Math.max(150, 44 * lowest), marginLeft: 30, marginRight: 16, marginTop: 16, marginBottom: 30,
    x: { type: "utc", label: null, ticks: width / 120, tickSize: 0, inset: 12 },
    y: { domain: [lowest + 0.4, 0.6], ticks: d3.range(1, lowest + 1), tickFormat: "d", label: null, tickSize: 0, grid: true },
    marks: [
      Plot.line(points, { x: "at", y: "rank", z: (point) => `${point.entry}\n${point.stretch}`, stroke, strokeWidth: 2, curve: "bump-x" }),
      Plot.dot(points, {
        x: "at", y: "rank", fill: stroke, r: 3.5, title: (point) => `${point.rank}. ${point.title}\n${moment(point.looked_at)} UTC`, tip: { fill: "var(--card)", stroke: "var(--line)", lineWidth: 28 },
      }),
    ],
  });
}

function listNow(entries, now) {
  const listed = d3.sort(entries.filter((each) => each.last.looked_at === now), (each) => each.last.rank);
  return element(
    "ol",
    { class: "now" },
    listed.map((each, place) => {
      const before = each.points.findLast((point) => point.looked_at < now && point.rank !== each.last.rank);
      const climbed = before ? before.rank - each.last.rank : 0;
      const news = each.first.looked_at === now ? "new" : climbed > 0 ? `▲ ${climbed}` : climbed < 0 ? `▼ ${-climbed}` : "";
      return element(
        "li",
        { value: each.last.rank },
        element("span", { class: "swatch", style: `background:var(--c${(place % 8) + 1})` }),
        element("span", {}, foreign(each.last.title), element("small", {}, [each.last.country, news].filter(Boolean).join(" · "))),
      );
    }),
  );
}

function drawTrending() {
  const all = chosen(rows("trending"), { except: ["topic", "agency"] });
  const place = content("trending");
  if (!all.length) return place.replaceChildren(nothing("No trending list was seen on this site."));
  const keys = d3.sort([...new Set(all.map(editionKey))]);
  if (!keys.includes(edition)) [edition] = keys;
  const points = all.filter((point) => editionKey(point) === edition);
  const now = d3.max(points, (point) => point.looked_at);
  const entries = entriesOf(points);
  const pick = element(
    "select",
    { onchange: (event) => { edition = event.target.value; drawTrending(); document.querySelector("#trending select").focus(); } },
    keys.map((key) => element("option", { value: key, selected: key === edition }, editionName(key))),
  );
  const longest = () =>
    table(
      "What was on the list in the last week, the longest first",
      [
        { title: "Headline", head: true, kind: "text", cell: (each) => foreign(each.last.title) },
        { title: "Best rank", number: true, cell: (each) => String(each.best) },
        { title: "Time on the list", number: true, cell: (each) => (each.seconds ? span(each.seconds) : "seen once") },
        { title: "First seen (UTC)", number: true, cell: (each) => timed(each.first.looked_at) },
        { title: "Last seen (UTC)", number: true, cell: (each) => timed(each.last.looked_at) },
      ],
      d3.sort(entries, (each) => -each.seconds, (each) => each.best).slice(0, 60),
    );
  return place.replaceChildren(
    element("div", { class: "bar" }, element("label", {}, "Edition ", pick), element("p", { class: "quiet" }, "last seen ", timed(now), " UTC; topic, agency and time of publication do not filter these lists")),
    element("div", { class: "columns wide-left" }, trendingChart(entries, now), listNow(entries, now)),
    behind("What was on the list, and for how long", longest),
  );
}
