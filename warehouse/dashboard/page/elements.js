// Building the page: text goes in as text, never as markup.

/** An element; children that are no nodes become text, null ones are left out. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "style") made.style.cssText = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Text of a site, which keeps its direction to itself. */
const foreign = (text) => element("bdi", {}, text ?? "–");

/** The part of a section that is drawn anew. */
const content = (id) => document.querySelector(`#${id} > .content`);

/** A time, with the exact one for machines. */
const timed = (seconds, text = moment(seconds)) =>
  seconds === null ? "–" : element("time", { datetime: new Date(seconds * 1000).toISOString() }, text);

/**
 * A table. Columns are {title, cell(row), number, head}: `number` aligns to the right, `head` makes the cell the row's
 * heading.
 */
function table(caption, columns, list, { hidden = false, kind = "" } = {}) {
  const head = columns.map((column) => element("th", { scope: "col", class: column.number && "number" }, column.title));
  const body = list.map((row) =>
    element(
      "tr",
      {},
      columns.map((column) => {
        const attributes = {
          class: [column.number && "number", column.kind].filter(Boolean).join(" ") || null,
          "data-title": column.title || null,
        };
        return column.head
          ? element("th", { scope: "row", ...attributes }, [column.cell(row)].flat())
          : element("td", attributes, [column.cell(row)].flat());
      }),
    ),
  );
  return element(
    "div",
    { class: list.length > 30 ? "scroll tall" : "scroll", tabindex: "0", role: "region", "aria-label": caption },
    element(
      "table",
      { class: kind },
      element("caption", { class: hidden ? "unseen" : null }, caption),
      element("thead", {}, element("tr", {}, head)),
      element("tbody", {}, body),
    ),
  );
}

/** The table behind a chart, made when it is first opened. */
function behind(title, make) {
  const details = element("details", { class: "behind" }, element("summary", {}, title));
  details.addEventListener("toggle", () => details.childElementCount < 2 && details.append(make()), { once: true });
  return details;
}

/** A chart with its description for those who do not see it. */
function chart(description, options) {
  const drawn = Plot.plot({
    style: { background: "none", color: "inherit", fontFamily: "inherit", fontSize: "12px", overflow: "visible" },
    ariaLabel: description,
    ...options,
  });
  const drawing = drawn.tagName === "svg" ? drawn : drawn.querySelector("svg");
  drawing.setAttribute("role", "img");
  return element("figure", {}, drawn);
}

/** How many ticks an axis of counts up to `most` may have, so that none stands between two whole numbers. */
const wholeTicks = (most, ticks) => Math.min(ticks, most);

/** What stands where there is nothing to show. */
const nothing = (text) => element("p", { class: "empty" }, text);

/** The width that is there to draw in. */
const widthOf = (id) => Math.max(260, content(id).clientWidth);

/** A choice among a few, as radio buttons that look like one control. */
function segments(name, label, options, current, choose) {
  return element(
    "fieldset",
    { class: "segments" },
    element("legend", { class: "unseen" }, label),
    options.map(([value, text]) =>
      element(
        "label",
        {},
        element("input", { type: "radio", name, value, checked: value === current, onchange: () => choose(value) }),
        element("span", {}, text),
      ),
    ),
  );
}

const pill = (kind, text) => element("span", { class: `pill ${kind}` }, text);

/** A list cut to its first rows, with a button that shows the rest. */
function cut(list, most, make, what) {
  const holder = element("div", {}, list.slice(0, most).map(make));
  if (list.length > most) {
    const more = element("button", { type: "button", class: "more" }, `Show ${figure(list.length - most)} more ${what}`);
    more.addEventListener("click", () => {
      const added = list.slice(most).map(make);
      more.replaceWith(...added);
      added[0].querySelector("summary, h3, a, button")?.focus();
    });
    holder.append(more);
  }
  return holder;
}
