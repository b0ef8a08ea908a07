"use strict";
(() => {
  const filter = document.querySelector(".filter");
  const find = filter.querySelector("input[type=search]");
  const kinds = [...filter.querySelectorAll("input[type=checkbox]")];
  const status = filter.querySelector("output");
  const targets = [...document.querySelectorAll("details.target")].map((target) => ({
    target,
    row: document.querySelector(`tr[data-target="${target.id}"]`),
    title: target.querySelector("summary").textContent.toLowerCase(),
    sections: [...target.querySelectorAll("section")],
    changes: [...target.querySelectorAll("tr[data-kind]")].map((change) => ({
      change, text: change.textContent.toLowerCase() })),
  }));
  const total = targets.reduce((sum, { changes }) => sum + changes.length, 0);
  const apply = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = new Set(kinds.filter((kind) => kind.checked).map((kind) => kind.value));
    const all = words.length === 0 && chosen.size === kinds.length;
    let shown = 0;
    for (const { target, row, title, sections, changes } of targets) {
      let here = 0;
      for (const { change, text } of changes) {
        const fits = chosen.has(change.dataset.kind) &&
          words.every((word) => text.includes(word) || title.includes(word));
        change.hidden = !fits;
        here += fits ? 1 : 0;
      }
      for (const section of sections) {
        section.hidden = section.querySelector("tr[data-kind]:not([hidden])") === null;
      }
      target.hidden = !all && here === 0;
      if (row) row.hidden = target.hidden;
      if (!all && here > 0) target.open = true;
      shown += here;
    }
    status.textContent = all ? `${total} in all` : `${shown} of ${total} shown`;
  };
  const recall = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    find.value = wanted.get("find") ?? "";
    const chosen = wanted.get("kinds")?.split(",");
    for (const kind of kinds) kind.checked = !chosen || chosen.includes(kind.value);
    apply();
  };
  const keep = () => {
    const wanted = new URLSearchParams();
    if (find.value) wanted.set("find", find.value);
    const chosen = kinds.filter((kind) => kind.checked).map((kind) => kind.value);
    if (chosen.length < kinds.length) wanted.set("kinds", chosen.join(","));
    history.replaceState(null, "", `#${wanted}`);
    apply();
  };
  filter.addEventListener("input", keep);
  filter.hidden = false;
  // A link to a target is no filter.
  if (!location.hash.startsWith("#t")) recall();
  else apply();
  addEventListener("hashchange", () => {
    if (!location.hash.startsWith("#t")) recall();
    else document.querySelector(location.hash)?.setAttribute("open", "");
  });
})();
