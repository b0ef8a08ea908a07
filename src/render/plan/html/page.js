"use strict";
(() => {
  const filter = document.querySelector(".filter");
  if (!filter) return;
  const MANY = 50;
  const find = filter.querySelector("input[type=search]");
  const kinds = [...filter.querySelectorAll("input[type=checkbox]")];
  const status = filter.querySelector("output");
  const targets = [...document.querySelectorAll("details.target")].map((target) => {
    const [summary, about] = target.querySelectorAll("summary, p");
    return {
      target,
      told: summary.querySelector("span"),
      row: document.querySelector(`tr[data-target="${target.id}"]`),
      title: `${summary.textContent} ${about.textContent}`.toLowerCase(),
      sections: [...target.querySelectorAll("section")].map((section) => ({
        section,
        column: section.dataset.column,
        heading: section.querySelector("h3").textContent,
        entries: [...section.querySelectorAll("[data-kind]")].map((entry) => ({ entry })),
      })),
    };
  });
  const size = ({ sections }) => sections.reduce((sum, { entries }) => sum + entries.length, 0);
  const total = targets.reduce((sum, target) => sum + size(target), 0);
  const plural = (number, one, many) => `${number} ${number === 1 ? one : many}`;
  const chosen = () => kinds.filter((kind) => kind.checked).map((kind) => kind.value);
  let before = null;

  // Read when it is first looked for: a large page opens sooner.
  const textOf = (each, heading) =>
    (each.text ??= `${heading} ${each.entry.textContent}`.toLowerCase());

  // Shows what fits of a target, and says how much that is.
  const fit = ({ target, told, row, title, sections }, fits, all) => {
    let here = 0;
    for (const { section, column, heading, entries } of sections) {
      let shown = 0;
      for (const each of entries) {
        const { entry } = each;
        const does = all || fits(entry.dataset.kind, () => textOf(each, heading), title);
        if (entry.hidden === does) entry.hidden = !does;
        shown += does ? 1 : 0;
      }
      section.hidden = shown === 0;
      const cell = row?.querySelector(`[data-column="${column}"]`);
      if (cell) cell.textContent = shown || "";
      here += shown;
    }
    target.hidden = !all && here === 0;
    if (row) row.hidden = target.hidden;
    told.textContent = all ? "" : `(${here} shown)`;
    return here;
  };

  const apply = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(chosen());
    const all = words.length === 0 && wanted.size === kinds.length;
    const fits = (kind, text, title) =>
      wanted.has(kind) && words.every((word) => title.includes(word) || text().includes(word));
    if (!all) before ??= targets.map(({ target }) => target.open);
    const shown = targets.map((target) => fit(target, fits, all));
    const some = targets.filter((_, number) => shown[number] > 0);
    if (all && before) targets.forEach(({ target }, number) => { target.open = before[number]; });
    if (all) before = null;
    else if (some.length <= MANY) for (const { target } of some) target.open = true;
    const entries = shown.reduce((sum, number) => sum + number, 0);
    status.textContent = all
      ? `${plural(targets.length, "target", "targets")}, ${plural(total, "entry", "entries")}`
      : `${some.length} of ${plural(targets.length, "target", "targets")}, ` +
        `${entries} of ${plural(total, "entry", "entries")} shown`;
  };

  // The filter is kept behind the `#`, so that a link to the page holds it.
  const keep = () => {
    const wanted = new URLSearchParams();
    if (find.value) wanted.set("find", find.value);
    if (chosen().length < kinds.length) wanted.set("kinds", chosen().join(","));
    apply();
    try {
      history.replaceState(null, "", `#${wanted}`);
    } catch {
      // A page in a sandbox has no address of its own.
    }
  };
  const recall = () => {
    const linked = /^#t\d+$/.test(location.hash) && document.querySelector(location.hash);
    if (linked && !linked.hidden) {
      linked.open = true;
      return linked.scrollIntoView();
    }
    const wanted = new URLSearchParams(linked ? "" : location.hash.slice(1));
    find.value = wanted.get("find") ?? "";
    const names = wanted.get("kinds")?.split(",");
    for (const kind of kinds) kind.checked = !names || names.includes(kind.value);
    apply();
    if (linked) recall();
  };

  filter.addEventListener("input", keep);
  filter.addEventListener("submit", (event) => event.preventDefault());
  for (const button of filter.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      for (const { target } of targets) if (!target.hidden) target.open = button.value === "open";
    });
  }
  addEventListener("hashchange", recall);
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target === find) return;
    event.preventDefault();
    find.focus();
  });
  // Paper has nothing to unfold: what is shown is printed in full.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => { for (const each of folded) each.open = false; });
  filter.hidden = false;
  apply();
  recall();
})();
