// Word-level differences of two short texts.

/** The words of a text and what is between them. */
const wordsOf = (text) => text.match(/\s+|[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}\p{M}]/gu) ?? [];

/** [[kind, text], …] with kind same, gone or new: the longest common sequence of words stays. */
function difference(before, after) {
  const a = wordsOf(before);
  const b = wordsOf(after);
  const length = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i][j] = a[i] === b[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const parts = [];
  const add = (kind, text) => {
    const last = parts.at(-1);
    if (last?.[0] === kind) last[1] += text;
    else parts.push([kind, text]);
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add("same", a[i++]);
      j++;
    } else if (j >= b.length || (i < a.length && length[i + 1][j] >= length[i][j + 1])) add("gone", a[i++]);
    else add("new", b[j++]);
  }
  return parts;
}

/** The change from one text to the other as inline text, also for those who hear it. */
function changed(before, after) {
  const spoken = (text) => element("span", { class: "unseen" }, text);
  return element(
    "bdi",
    { class: "change" },
    difference(before ?? "", after ?? "").map(([kind, text]) => {
      if (kind === "same") return text;
      return kind === "gone"
        ? element("del", {}, spoken(" [removed: "), text, spoken("] "))
        : element("ins", {}, spoken(" [added: "), text, spoken("] "));
    }),
  );
}
