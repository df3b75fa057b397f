// Which countries the articles are about.

function drawCountries() {
  const cells = chosen(rows("countries"));
  const place = content("countries");
  if (!cells.length) return place.replaceChildren(nothing("No article that fits these filters is about a country."));
  const names = new Map(cells.map((cell) => [cell.code, cell.country]));
  const ranked = totals(cells, "code", "articles").map(([code, articles], rank) => ({ rank: rank + 1, code, articles }));
  const most = ranked[0].articles;
  const list = (part, caption) =>
    table(
      caption,
      [
        { title: "", number: true, kind: "rank", cell: (row) => String(row.rank) },
        { title: "Country", head: true, cell: (row) => names.get(row.code) },
        {
          title: "", kind: "meter",
          cell: (row) => element("span", { "aria-hidden": "true", style: `width:${(100 * row.articles) / most}%` }),
        },
        { title: "Articles", number: true, cell: (row) => figure(row.articles) },
      ],
      part,
      { hidden: true, kind: "ranked" },
    );
  const half = Math.ceil(Math.min(20, ranked.length) / 2);
  const columns = element("div", { class: "columns" }, list(ranked.slice(0, half), "Countries, the most written about first"));
  if (ranked.length > half) columns.append(list(ranked.slice(half, 20), "Countries, continued"));
  place.replaceChildren(
    element("p", { class: "quiet" }, "Articles that are about a country, not those that only mention it; an article may be about several."),
    columns,
  );
  if (ranked.length > 20) place.append(behind(`The other ${ranked.length - 20} countries`, () => list(ranked.slice(20), "More countries")));
  return place;
}
