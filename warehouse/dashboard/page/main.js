// Filters, theme, and drawing it all.

const DRAWN = [drawVolume, drawCountries, drawTrending, drawStories, drawChanges, drawFields, drawLedger];
const form = document.getElementById("filters");

/** Fills the select boxes: values by how many articles have them. */
function offerChoices() {
  for (const name of FACETS) {
    const values = totals(rows("volume"), name, "articles");
    const known = new Set(values.map(([value]) => value));
    if (name === "site") rows("sites").forEach(({ site }) => known.has(site) || values.push([site, 0]));
    form.elements[name].replaceChildren(
      element("option", { value: "" }, name === "agency" ? "any" : "all"),
      ...values.map(([value, sum]) => element("option", { value }, `${named(value)} (${figure(sum)})`)),
    );
  }
  form.elements.period.replaceChildren(...PERIODS.map(({ key, label }) => element("option", { value: key }, label)));
}

/** Takes the choice from the address, so that a view can be kept as a bookmark; what is unknown here is said. */
function readAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const unknown = [];
  for (const name of [...FACETS, "period"]) {
    const offered = [...form.elements[name].options].map((option) => option.value);
    const value = asked.get(name);
    if (value !== null) choice[name] = offered.includes(value) ? value : ANY[name];
    if (value && !offered.includes(value)) unknown.push(`${name} “${value.slice(0, 80)}”`);
    form.elements[name].value = choice[name];
  }
  tellUnknown(unknown);
}

function tellUnknown(filters) {
  const notice = document.getElementById("unknown");
  notice.hidden = !filters.length;
  notice.replaceChildren();
  if (!filters.length) return;
  notice.append("Unknown in this page, and left out of the filters: ", foreign(filters.join(", ")));
  writeAddress();
}

function writeAddress() {
  const kept = Object.entries(choice).filter(([name, value]) => value && !(name === "period" && value === "all"));
  history.replaceState(null, "", kept.length ? `#${new URLSearchParams(kept)}` : location.pathname + location.search);
}

function draw() {
  for (const each of DRAWN) each();
  const count = total(chosen(rows("volume")), "articles");
  const whole = total(rows("volume"), "articles");
  document.getElementById("chosen").textContent = count === whole ? counted(whole, "article") : `${figure(count)} of ${counted(whole, "article")}`;
}

function setUpTheme() {
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    button.setAttribute("aria-pressed", String(isDark()));
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", `Use ${isDark() ? "light" : "dark"} colours`);
  };
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  show();
}

function setUpHeader() {
  document.getElementById("made").append("Made ", timed(facts.made_at), ` UTC from snapshot ${facts.snapshot_id}`);
  document.getElementById("contents").append(
    ...[...document.querySelectorAll("main > section")].map((section) =>
      element("a", { href: `#${section.id}`, onclick: (event) => { event.preventDefault(); section.scrollIntoView(); const title = section.querySelector("h2"); title.tabIndex = -1; title.focus({ preventScroll: true }); } }, section.querySelector("h2").textContent),
    ),
  );
  const age = Date.now() / 1000 - facts.made_at;
  if (age > 6 * HOUR) {
    const notice = document.getElementById("age");
    notice.hidden = false;
    notice.textContent = `This page was made ${span(age)} ago. Each run makes it anew; so does wirehouse dashboard.`;
  }
  document.getElementById("notes").textContent =
    "Times are UTC. Periods count back from the newest publication, trending from the newest sight of a list. " +
    "The topic of an article is its section; see the view dictionary in the warehouse for what each word means. " +
    "Charts: Observable Plot and D3, under the ISC licence.";
}

function setUp() {
  setUpHeader();
  setUpTheme();
  offerChoices();
  readAddress();
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    if (!(event.target.name in choice)) return;
    choice[event.target.name] = event.target.value;
    tellUnknown([]);
    writeAddress();
    draw();
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    Object.assign(choice, ANY);
    writeAddress();
    readAddress();
    draw();
  });
  addEventListener("hashchange", () => {
    const before = JSON.stringify(choice);
    readAddress();
    if (JSON.stringify(choice) !== before) draw(); // a link within the page filters nothing, and focus stays where it is
  });
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    draw();
  });
  drawHealth();
  draw();
  performance.mark("drawn");
  document.documentElement.dataset.drawn = "true";
}

setUp();
