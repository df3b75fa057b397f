// How much was published when, by topic or agency.

const HOUR = 3600;
let volumeBy = "topic";

/** The step of the bars in a period: hours, days or months, by how long the time shown is. */
function stepOf(cells) {
  if (bandOf(choice.period) <= 1) return d3.utcHour;
  const [first, last] = d3.extent(cells, (cell) => cell.start);
  if (bandOf(choice.period) === 4 && last - first > 120 * 24 * HOUR) return d3.utcMonth;
  return last - first < 3 * 24 * HOUR && !cells.some((cell) => cell.band > 1) ? d3.utcHour : d3.utcDay;
}

/** The largest few names; all others are one. */
const largest = (cells, key, most) => totals(cells, key, "articles").slice(0, most).map(([name]) => name);

const colour = (place, count) => (place < 0 || place >= count ? "var(--rest)" : `var(--c${place + 1})`);

function tiles(cells) {
  const articles = total(cells, "articles");
  const tile = (name, value, note) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value, note && element("small", {}, note)));
  const copies = total(cells, "copies");
  const verbatim = total(cells, "verbatim");
  const images = total(cells, "ai_images");
  return element(
    "dl",
    { class: "tiles" },
    tile("Articles", figure(articles)),
    tile("Agency copy, word for word", percent(verbatim, articles), counted(verbatim, "article")),
    tile("Copies of another article", percent(copies, articles), counted(copies, "article")),
    tile("Image made by AI", percent(images, articles), counted(images, "article")),
  );
}

/** One row per bar and name. */
function stacked(cells, step, names) {
  const sums = d3.rollup(
    cells,
    (group) => total(group, "articles"),
    (cell) => +step.floor(new Date(cell.start * 1000)),
    (cell) => (names.includes(cell[volumeBy]) ? cell[volumeBy] : "other"),
  );
  return [...sums].flatMap(([start, group]) =>
    [...group].map(([name, articles]) => ({
      from: new Date(start), to: step.offset(new Date(start), 1), name, articles,
    })),
  );
}

const STEPS = new Map([[d3.utcHour, "hour"], [d3.utcDay, "day"], [d3.utcMonth, "month"]]);

function volumeChart(cells, names, step) {
  const bars = stacked(cells, step, names);
  const order = [...names, "other"];
  const sums = d3.rollups(bars, (group) => total(group, "articles"), (bar) => +bar.from);
  const peak = sums.reduce((most, each) => (each[1] > most[1] ? each : most));
  const described = `Articles per ${STEPS.get(step)} by ${volumeBy}. Most, ${peak[1]}, in the ${STEPS.get(step)} of ${moment(peak[0] / 1000)} UTC.`;
  const width = widthOf("volume");
  return chart(described, {
    width, height: 260, marginLeft: 38, marginRight: 6, marginBottom: 28, marginTop: 14,
    x: { type: "utc", label: null, ticks: width / 110, tickSize: 0, ...(step !== d3.utcMonth && { tickFormat: onAxis }) },
    y: { label: null, ticks: wholeTicks(peak[1], 4), grid: true, tickSize: 0, tickFormat: ",d" },
    color: { domain: order, range: order.map((_, place) => colour(place, names.length)) },
    marks: [
      Plot.rectY(bars, {
        x1: "from", x2: "to", y: "articles", fill: "name", order, reverse: false, insetLeft: 0.5, insetRight: 0.5,
        channels: { who: { value: (bar) => named(bar.name), label: volumeBy } },
        tip: { fill: "var(--card)", stroke: "var(--line)", format: { x1: (d) => moment(d / 1000), x2: false, fill: false } },
      }),
      Plot.ruleY([0], { stroke: "var(--axis)" }),
    ],
  });
}

function legend(cells, names) {
  const sums = new Map(totals(cells, volumeBy, "articles"));
  const rest = d3.sum([...sums], ([name, sum]) => (names.includes(name) ? 0 : sum));
  const entries = names.map((name, place) => [name, sums.get(name), colour(place, names.length)]);
  if (rest) entries.push([counted(sums.size - names.length, "other"), rest, "var(--rest)"]);
  return element(
    "ul",
    { class: "legend" },
    entries.map(([name, sum, fill]) =>
      element(
        "li",
        {},
        element("span", { class: "swatch", style: `background:${fill}` }),
        element("span", {}, named(name)),
        element("span", { class: "sum" }, figure(sum)),
      ),
    ),
  );
}

function drawVolume() {
  const cells = chosen(rows("volume"));
  const place = content("volume");
  const by = segments("volume-by", "Colour by", [["topic", "By topic"], ["agency", "By agency"]], volumeBy, (value) => {
    volumeBy = value;
    drawVolume();
    document.querySelector("[name=volume-by]:checked").focus();
  });
  if (!cells.length) return place.replaceChildren(tiles(cells), by, nothing("No article fits these filters."));
  const names = largest(cells, volumeBy, 7);
  const step = stepOf(cells);
  const makeTable = () => {
    const bars = d3.groups(stacked(cells, step, names), (bar) => +bar.from).sort((a, b) => b[0] - a[0]);
    return table(
      `Articles per ${STEPS.get(step)} by ${volumeBy}, the newest first`,
      [
        { title: `${words(STEPS.get(step))} (UTC)`, head: true, cell: ([start]) => (step === d3.utcHour ? moment(start / 1000) : day(start / 1000)) },
        { title: "all", number: true, cell: ([, group]) => figure(total(group, "articles")) },
        ...[...names, "other"].map((name) => ({
          title: named(name), number: true,
          cell: ([, group]) => figure(group.find((bar) => bar.name === name)?.articles ?? 0),
        })),
      ],
      bars.slice(0, 400),
    );
  };
  return place.replaceChildren(
    tiles(cells),
    element("div", { class: "bar" }, by, element("p", { class: "quiet" }, `articles per ${STEPS.get(step)}, UTC`)),
    volumeChart(cells, names, step),
    legend(cells, names),
    behind("The figures as a table", makeTable),
  );
}
