// The biggest stories: who told them when, and who copied.

/** The stories with articles that fit the filters, the one of most such articles first. */
function storiesChosen() {
  const fitting = d3.rollup(chosen(rows("story_cells")), (list) => total(list, "articles"), (row) => row.story_id);
  return d3.sort(
    rows("stories").filter((story) => fitting.has(story.story_id)),
    (story) => -fitting.get(story.story_id), (story) => -story.articles, (story) => story.story_id,
  );
}

/** Of two filters together the page has no list of its own: other stories may fit them. */
const isOfOne = () => FACETS.filter((name) => choice[name]).length < 2;

/** What the page knows where it has no story to show. */
function noStory() {
  const held = rows("stories").length;
  return isOfOne() || !held
    ? "No story of more than one article fits these filters."
    : `None of the ${figure(held)} biggest stories in this page fits these filters together; a smaller one may.`;
}

/** Which stories the page has at all. */
function storyNote() {
  const held = counted(rows("stories").length, "story", "stories");
  const more = isOfOne() ? "" : " Smaller ones may fit these filters together.";
  const note = `This page has ${held}: the biggest of each period, and of each site, topic and agency in it.${more}`;
  return element("p", { class: "quiet" }, note, " The view stories of the warehouse has all.");
}

function timeline(articles) {
  const points = articles.map((row) => ({ ...row, at: new Date(row.published_at * 1000) }));
  const lanes = [...new Set(points.map((point) => point.source))];
  const width = Math.max(240, widthOf("stories") - 40);
  const margin = Math.round(Math.min(170, width * 0.36));
  const most = Math.floor(margin / 7);
  const described = `When each source published: ${points.map((point) => `${point.source}, ${moment(point.published_at)}${point.copy_relation ? ", a copy" : ""}`).join("; ")}`;
  return chart(described, {
    width, height: 46 + 30 * lanes.length, marginLeft: margin, marginRight: 20, marginTop: 8, marginBottom: 30,
    x: { type: "utc", label: null, ticks: width / 150, tickSize: 0, tickFormat: onAxis, inset: 10, nice: false },
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
  const meta = [
    counted(story.articles, "article"), counted(story.sources, "source"),
    story.copies ? counted(story.copies, "copy", "copies") : null,
    `${day(story.first_at)}, within ${span(story.last_at - story.first_at)}`,
  ];
  const details = element(
    "details",
    { class: "story" },
    element("summary", {}, element("span", { class: "headline" }, foreign(story.title)), element("small", {}, meta.filter(Boolean).join(" · "))),
  );
  details.addEventListener("toggle", () => details.open && details.childElementCount < 2 && details.append(storyBody(story)));
  return details;
}

function storyBody(story) {
  const articles = rows("story_articles").filter((row) => row.story_id === story.story_id);
  return element(
    "div",
    {},
    timeline(articles),
    element("p", { class: "quiet key" }, element("span", { class: "mark" }), "a text of its own", element("span", { class: "mark hollow" }), "a copy of an earlier article"),
    table(
      `The articles of this story, the earliest first${story.articles > articles.length ? ` (the first ${articles.length} of ${story.articles})` : ""}`,
      [
        { title: "Published (UTC)", cell: (row) => timed(row.published_at) },
        { title: "After the first", number: true, cell: (row) => (row.published_at === story.first_at ? "–" : span(row.published_at - story.first_at)) },
        { title: "Source", cell: (row) => foreign(row.source) },
        { title: "Headline", head: true, kind: "text", cell: (row) => foreign(row.title) },
        { title: "Copy", cell: (row) => row.copy_relation ?? "" },
        { title: "Article", kind: "uid", cell: (row) => row.article_uid },
      ],
      articles,
      { hidden: true },
    ),
  );
}

function drawStories() {
  const stories = storiesChosen();
  content("stories").replaceChildren(
    ...(stories.length ? [cut(stories, 8, storyItem, "stories"), storyNote()] : [nothing(noStory())]),
  );
}
