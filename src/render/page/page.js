"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const plural = (number, one, many) => `${number} ${number === 1 ? one : many}`;

  // Sorting: a button in each head of a column. Without this script there is nothing to press.
  const collator = new Intl.Collator("en", { numeric: true });
  for (const table of all("table.sortable")) {
    const heads = all("thead th", table);
    const body = table.tBodies[0];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      const key = (row) => row.cells[column]?.dataset.sort ?? row.cells[column]?.textContent ?? "";
      button.addEventListener("click", () => {
        const way = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", way);
        const rows = [...body.rows].map((row) => ({ row, key: key(row).trim() }));
        // What has no value there comes last either way.
        const sign = way === "ascending" ? 1 : -1;
        rows.sort((a, b) => !a.key - !b.key || sign * collator.compare(a.key, b.key));
        body.append(...rows.map(({ row }) => row));
      });
    });
  }

  // What is copied is the text of the box.
  for (const box of all("pre.command")) {
    if (!navigator.clipboard) break;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(box.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(box);
      }
    });
    box.after(button);
  }

  // Paper has nothing to unfold: what is shown is printed in full.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open])");
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => { for (const each of folded) each.open = false; });

  const linked = () => {
    const id = location.hash.slice(1);
    return /^[a-z]\d+$/.test(id) ? document.getElementById(id) : null;
  };
  const reveal = (element) => {
    for (let at = element; at; at = at.parentElement) if (at.localName === "details") at.open = true;
    element.scrollIntoView();
  };
  const filter = document.querySelector(".filter");
  if (!filter) {
    addEventListener("hashchange", () => { if (linked()) reveal(linked()); });
    if (linked()) reveal(linked());
    return;
  }

  const MANY = 50;
  const find = filter.querySelector("input[type=search]");
  const kinds = all("input[type=checkbox]", filter);
  const status = filter.querySelector("output");
  const [one, many] = [status.dataset.one, status.dataset.many];
  // "0-3,7" is 0, 1, 2, 3 and 7.
  const members = (text) => text.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => first + at);
  });
  const names = [];
  for (const name of all("[data-target]")) names[name.dataset.target] = name;
  const entries = all("[data-kind]").map((element) => ({
    element,
    kind: element.dataset.kind,
    members: members(element.dataset.in),
    number: element.querySelector(".number"),
  }));
  const byId = new Map(entries.map((entry) => [entry.element.id, entry]));
  const blocks = all("details.instance").map((element) => ({
    element,
    members: members(element.dataset.in),
    told: element.querySelector("summary .shown"),
  }));
  const membersOf = new Map(blocks.map((block) => [block.element, block.members]));
  const mirrors = all("[data-of]").map((element) => ({
    element,
    entry: byId.get(element.dataset.of),
    members: element.dataset.in
      ? members(element.dataset.in)
      : membersOf.get(element.closest("details.instance")),
  }));
  const groups = all("[data-group]");
  const total = entries.reduce((sum, entry) => sum + entry.members.length, 0);
  const chosen = () => kinds.filter((kind) => kind.checked).map((kind) => kind.value);
  const show = (element, does) => { if (element.hidden === does) element.hidden = !does; };

  // Read when they are first looked for: a large page opens sooner.
  const textOf = (entry) => (entry.text ??= [
    entry.element.closest("section")?.querySelector("h3")?.textContent ?? "",
    ...[...entry.element.children].filter((part) => !part.matches(".members"))
      .map((part) => part.textContent),
  ].join(" ").toLowerCase());
  let titles = null;
  const named = (words, known) => {
    const key = words.join(" ");
    if (!known.has(key)) {
      titles ??= names.map((name) => name.textContent.toLowerCase());
      known.set(key, titles.map((title) => words.every((word) => title.includes(word))));
    }
    return known.get(key);
  };

  // The members of an entry that fit: those for which each word stands in the entry or the name.
  const fit = (entry, words, wanted, known) => {
    if (!wanted.has(entry.kind)) return [];
    const rest = words.filter((word) => !textOf(entry).includes(word));
    if (rest.length === 0) return entry.members;
    const is = named(rest, known);
    return entry.members.filter((member) => is[member]);
  };

  let before = null;
  const apply = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(chosen());
    const whole = words.length === 0 && wanted.size === kinds.length;
    const known = new Map();
    const isShown = names.map(() => whole);
    let shown = 0;
    for (const entry of entries) {
      entry.fits = whole ? entry.members : fit(entry, words, wanted, known);
      entry.set = entry.fits === entry.members ? null : new Set(entry.fits);
      show(entry.element, entry.fits.length > 0);
      if (entry.number) entry.number.textContent = entry.fits.length;
      for (const member of entry.fits) isShown[member] = true;
      shown += entry.fits.length;
    }
    for (const { element, entry, members } of mirrors) {
      show(element, entry.fits.length > 0 && members.some((it) => entry.set?.has(it) ?? true));
    }
    names.forEach((name, number) => show(name, isShown[number]));
    if (!whole) before ??= all("details").map((each) => [each, each.open]);
    const some = [];
    for (const block of blocks) {
      const here = block.members.filter((member) => isShown[member]).length;
      show(block.element, here > 0);
      block.told.textContent = whole || here === block.members.length ? "" : `(${here} shown)`;
      if (here > 0) some.push(block);
    }
    for (const group of groups) {
      show(group, whole || !!group.querySelector(":is([data-kind], [data-of]):not([hidden])"));
    }
    if (whole && before) for (const [each, was] of before) each.open = was;
    if (whole) before = null;
    else {
      if (some.length <= MANY) for (const { element } of some) element.open = true;
      for (const more of all("details.more:not([hidden])")) more.open = true;
    }
    status.textContent = whole
      ? `${plural(names.length, one, many)}, ${plural(total, "entry", "entries")}`
      : `${isShown.filter(Boolean).length} of ${plural(names.length, one, many)}, ` +
        `${shown} of ${plural(total, "entry", "entries")} shown`;
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
    const target = linked();
    if (target && !target.closest("[hidden]")) {
      if (!status.textContent) apply();
      return reveal(target);
    }
    const wanted = new URLSearchParams(target ? "" : location.hash.slice(1));
    find.value = wanted.get("find") ?? "";
    const listed = wanted.get("kinds")?.split(",");
    for (const kind of kinds) kind.checked = !listed || listed.includes(kind.value);
    apply();
    if (target) reveal(target);
  };

  filter.addEventListener("input", keep);
  filter.addEventListener("submit", (event) => event.preventDefault());
  for (const button of all(".fold button")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const { element } of blocks) if (!element.hidden) element.open = button.value === "open";
    });
  }
  addEventListener("hashchange", recall);
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target === find) return;
    event.preventDefault();
    find.focus();
  });
  filter.hidden = false;
  recall();
})();
