// What was changed after publication: headlines and corrections, word by word.

let changeKind = "all";

const isHeadline = (row) => row.title_before !== row.title_after;

/** The parts of an article that a revision changed: [[name, node], …]. */
function changesOf(row) {
  const parts = [];
  if ((row.summary_before ?? "") !== (row.summary_after ?? "")) {
    parts.push(["Summary", changed(row.summary_before, row.summary_after)]);
  }
  row.paragraphs_before?.forEach((before, place) => parts.push(["Edited", changed(before, row.paragraphs_after[place])]));
  row.paragraphs_removed?.forEach((text) => parts.push(["Removed", changed(text, "")]));
  row.paragraphs_added?.forEach((text) => parts.push(["Added", changed("", text)]));
  return parts;
}

function changeItem(row) {
  const when = row.updated_at ?? row.observed_at;
  const after = row.published_at === null ? null : when - row.published_at;
  const meta = [
    `${row.updated_at === null ? "seen" : "updated"} ${moment(when)} UTC`,
    after !== null && after > 0 ? `${span(after)} after publication` : null,
    named(row.agency), named(row.topic), row.article_uid,
  ];
  return element(
    "article",
    { class: "revision" },
    element("h3", { tabindex: "-1" }, isHeadline(row) ? changed(row.title_before, row.title_after) : foreign(row.title_after)),
    element("p", { class: "quiet" }, pill(isHeadline(row) ? "headline" : "correction", isHeadline(row) ? "headline" : row.change_kind), " ", meta.filter(Boolean).join(" · ")),
    changesOf(row).map(([name, node]) => element("div", { class: "part" }, element("span", { class: "quiet" }, name), element("p", {}, node))),
  );
}

function drawChanges() {
  const all = chosen(rows("changes"));
  const headlines = all.filter(isHeadline);
  const list = changeKind === "headline" ? headlines : changeKind === "text" ? all.filter((row) => !isHeadline(row)) : all;
  const options = [["all", `All ${all.length}`], ["headline", `Headlines ${headlines.length}`], ["text", `Texts ${all.length - headlines.length}`]];
  const pick = segments("change-kind", "Which changes", options, changeKind, (value) => {
    changeKind = value;
    drawChanges();
    document.querySelector("[name=change-kind]:checked").focus();
  });
  content("changes").replaceChildren(
    element("div", { class: "bar" }, pick, element("p", { class: "quiet" }, "the newest hundred changes of headlines, and corrections")),
    list.length ? cut(list, 6, changeItem, "changes") : nothing("No such change is known among the articles that fit these filters."),
  );
}
