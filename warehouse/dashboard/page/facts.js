// What the page was given, unpacked, and what is chosen in the filters.

const facts = JSON.parse(document.getElementById("facts").textContent);

/** The rows of one answer as objects; a packed column is `{of: values, at: places}`. */
function rowsOf(answer) {
  const names = Object.keys(answer);
  const columns = names.map((name) => {
    const column = answer[name];
    return Array.isArray(column) ? column : column.at.map((place) => column.of[place]);
  });
  return (columns[0] ?? []).map((_, row) => Object.fromEntries(names.map((name, i) => [name, columns[i][row]])));
}

const answers = new Map();

/** The rows of an answer, unpacked once. */
function rows(name) {
  if (!answers.has(name)) answers.set(name, rowsOf(facts[name]));
  return answers.get(name);
}

const PERIODS = [
  { key: "day", label: "last 24 hours", band: 0 },
  { key: "week", label: "last 7 days", band: 1 },
  { key: "month", label: "last 30 days", band: 2 },
  { key: "quarter", label: "last 90 days", band: 3 },
  { key: "all", label: "all time", band: 4 },
];
const FACETS = ["site", "topic", "agency"];

/** What is chosen; "" means any. */
const ANY = { site: "", topic: "", agency: "", period: "all" };
const choice = { ...ANY };

const bandOf = (key) => PERIODS.find((period) => period.key === key).band;

/** The rows that the filters let through; a row without one of the columns passes that filter. */
function chosen(list, { except = [] } = {}) {
  const facets = FACETS.filter((name) => choice[name] && !except.includes(name));
  const band = bandOf(choice.period);
  return list.filter(
    (row) =>
      facets.every((name) => row[name] === undefined || row[name] === choice[name]) &&
      (row.band === undefined || row.band <= band),
  );
}

/** The sum of a number over rows. */
const total = (list, number) => list.reduce((sum, row) => sum + row[number], 0);

/** Sums a number by a key: [[key, sum], …], the largest first, equal ones by name. */
function totals(list, key, number) {
  const sums = new Map();
  for (const row of list) sums.set(row[key], (sums.get(row[key]) ?? 0) + row[number]);
  return [...sums].sort((a, b) => b[1] - a[1] || String(a[0]).localeCompare(String(b[0])));
}

const NUMBER = new Intl.NumberFormat("en");
const figure = (value) => (value === null || value === undefined ? "–" : NUMBER.format(value));
const percent = (part, whole) => (whole ? `${Math.round((100 * part) / whole)} %` : "–");
const words = (name) => String(name).replaceAll("_", " ");
/** A topic or an agency for people: crime_law is crime and law. */
const named = (name) => String(name).replaceAll("_", " and ");
/** "4 articles", "1 article". */
const counted = (count, one, many = `${one}s`) => `${figure(count)} ${count === 1 ? one : many}`;

const DATE = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });
const DAY = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short" });
const TIME = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", hour: "2-digit", minute: "2-digit" });
/** The day of a time, with its year unless that is the one the page was made in. */
function day(seconds) {
  const made = new Date(facts.made_at * 1000);
  const isThisYear = new Date(seconds * 1000).getUTCFullYear() === made.getUTCFullYear();
  return (isThisYear ? DAY : DATE).format(seconds * 1000);
}
const moment = (seconds) => (seconds === null ? "–" : `${day(seconds)}, ${TIME.format(seconds * 1000)}`);

const CLOCK = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", hour: "2-digit", minute: "2-digit", second: "2-digit" });
/** A time on an axis: the day at midnight, else the time of day. */
function onAxis(date) {
  if (date.getUTCSeconds()) return CLOCK.format(date);
  return date.getUTCHours() || date.getUTCMinutes() ? TIME.format(date) : DAY.format(date);
}

/** A span of seconds in its largest fitting unit. */
function span(seconds) {
  const size = Math.abs(seconds);
  if (size < 90) return `${Math.round(size)}\u00a0s`;
  if (size < 90 * 60) return `${Math.round(size / 60)}\u00a0min`;
  if (size < 48 * 3600) return `${Math.round(size / 3600)}\u00a0h`;
  return `${Math.round(size / 86400)}\u00a0days`;
}
