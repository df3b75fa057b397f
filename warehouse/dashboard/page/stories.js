// The biggest stories: who told them when, and who copied.

/** The stories with articles that fit the filters, the one of most such articles first. */
function storiesChosen() {
  const fitting = d3.rollup(chosen(rows("stories")), (list) => list.length, (row) => row.story_id);
  const whole = d3.groups(rows("stories"), (row) => row.story_id).filter(([id]) => fitting.has(id));
  return d3.sort(
    whole.map(([id, articles]) => ({ id, articles, fitting: fitting.get(id), size: articles[0].story_articles })),
    (story) => -story.fitting, (story) => -story.size, (story) => story.id,
  );
}

function timeline(story) {
  const points = story.articles.map((row) => ({ ...row, at: new Date(row.published_at * 1000) }));
  const lanes = [...new Set(points.map((point) => point.source))];
  const width = Math.max(240, widthOf("stories") - 40);
  const margin = Math.round(Math.min(170, width * 0.36));
  const most = Math.floor(margin / 7);
  const described = `When each source published: ${points.map((point) => `${point.source}, ${moment(point.published_at)}${point.copy_relation ? ", a copy" : ""}`).join("; ")}`;
  return chart(described, {
    width, height: 46 + 30 * lanes.length, marginLeft: margin, marginRight: 20, marginTop: 8, marginBottom: 30,
    x: { type: "utc", label: null, ticks: width / 150, tickSize: 0, inset: 10, nice: false },
    y: { domain: lanes, label: null, tickSize: 0, tickFormat: (name) => (name.length > most ? `${name.slice(0, most - 1)}…` : name) },
    marks: [
      Plot.ruleY(lanes, { stroke: "var(--line)" }),
      Plot.dot(points, {
        x: "at", y: "source", r: 5.5, strokeWidth: 2, stroke: "var(--accent)",
        fill: (point) => (point.copy_relation ? "var(--card)" : "var(--accent)"),
        title: (point) => `${point.title}\n${moment(point.published_at)} UTC${point.copy_relation ? `\n${point.copy_relation} copy` : ""}`,
        tip: { fill: "var(--card)", stroke: "var(--line)", lineWidth: 28 },
      }),
    ],
  });
}

function storyItem(story) {
  const { articles } = story;
  const copies = articles.filter((row) => row.copy_relation).length;
  const sources = new Set(articles.map((row) => row.source)).size;
  const lasted = articles.at(-1).published_at - articles[0].published_at;
  const meta = [
    counted(story.size, "article"), counted(sources, "source"), copies ? counted(copies, "copy", "copies") : null,
    `${day(articles[0].published_at)}, within ${span(lasted)}`,
  ];
  const details = element(
    "details",
    { class: "story" },
    element("summary", {}, element("span", { class: "headline" }, foreign(articles[0].title)), element("small", {}, meta.filter(Boolean).join(" · "))),
  );
  details.addEventListener("toggle", () => details.open && details.childElementCount < 2 && details.append(storyBody(story)));
  return details;
}

function storyBody(story) {
  const start = story.articles[0].published_at;
  return element(
    "div",
    {},
    timeline(story),
    element("p", { class: "quiet key" }, element("span", { class: "mark" }), "a text of its own", element("span", { class: "mark hollow" }), "a copy of an earlier article"),
    table(
      `The articles of this story, the earliest first${story.size > story.articles.length ? ` (the first ${story.articles.length} of ${story.size})` : ""}`,
      [
        { title: "Published (UTC)", cell: (row) => timed(row.published_at) },
        { title: "After the first", number: true, cell: (row) => (row.published_at === start ? "–" : span(row.published_at - start)) },
        { title: "Source", cell: (row) => foreign(row.source) },
        { title: "Headline", head: true, kind: "text", cell: (row) => foreign(row.title) },
        { title: "Copy", cell: (row) => row.copy_relation ?? "" },
        { title: "Article", kind: "uid", cell: (row) => row.article_uid },
      ],
      story.articles,
      { hidden: true },
    ),
  );
}

function drawStories() {
  const stories = storiesChosen();
  content("stories").replaceChildren(
    stories.length
      ? cut(stories, 8, storyItem, "stories")
      : nothing("No story of more than one article fits these filters."),
  );
}
