"use strict";
(() => {
  const root = document.documentElement;

  const codeSwitch = document.getElementById("code-switch");
  if (codeSwitch) {
    codeSwitch.hidden = !document.querySelector(".code");
    codeSwitch.addEventListener("click", () => {
      const shown = root.classList.toggle("code-shown");
      codeSwitch.setAttribute("aria-pressed", String(shown));
    });
  }

  for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;
  for (const button of document.querySelectorAll("button[data-save]")) {
    button.addEventListener("click", () => {
      const text = document.getElementById(button.dataset.save).textContent;
      save([text], "text/plain", button.dataset.name);
    });
  }

  // What is wider than its place says so, and only that is a stop for the Tab key.
  const measure = (region) => {
    const wide = region.scrollWidth > region.clientWidth + 1;
    const tall = region.scrollHeight > region.clientHeight + 1;
    region.classList.toggle("wide", wide);
    region.classList.toggle("at-end", region.scrollLeft + region.clientWidth > region.scrollWidth - 4);
    region.tabIndex = wide || tall ? 0 : -1;
    region.nextElementSibling.hidden = !wide;
  };
  const sizes = new ResizeObserver((changes) => changes.forEach((change) => measure(change.target)));
  for (const region of document.querySelectorAll(".table-scroll, .sheet")) {
    const hint = document.createElement("p");
    hint.className = "hint";
    hint.setAttribute("aria-hidden", "true");
    hint.textContent = "Scroll sideways for the rest";
    region.after(hint);
    region.addEventListener("scroll", () => measure(region), { passive: true });
    sizes.observe(region);
  }

  // A table without groups of rows can be put in the order of any column, and back in its own.
  const sortable = (table) =>
    !table.matches(".hashes") && table.tBodies.length === 1 && table.tBodies[0].rows.length > 7 && !table.querySelector("tbody :is([class*=level-], [colspan])");
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    const value = cell.dataset.value ?? (cell.classList.contains("num") ? cell.textContent.replace(/^[<>]/, "") : "");
    return { text: cell.textContent.trim(), number: value === "" ? NaN : Number.parseFloat(value.replace("\u2212", "-")) };
  };
  const compare = (one, other) => {
    if (Number.isNaN(one.number) && Number.isNaN(other.number)) return one.text.localeCompare(other.text, "en", { numeric: true });
    return Number.isNaN(one.number) - Number.isNaN(other.number) || one.number - other.number;
  };
  const sort = (body, original, column, order) => {
    const sign = order === "descending" ? -1 : 1;
    const keyed = original.map((row) => ({ row, key: keyOf(row, column) }));
    // What is no number stays below in either order.
    const missing = (item) => item.row.cells[column].classList.contains("num") && Number.isNaN(item.key.number);
    keyed.sort((one, other) => missing(one) - missing(other) || sign * compare(one.key, other.key));
    body.append(...(order ? keyed.map((item) => item.row) : original));
  };
  for (const table of document.querySelectorAll(".exhibit > .table-scroll > table")) {
    if (!sortable(table)) continue;
    const body = table.tBodies[0];
    const original = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if (head.tagName !== "TH") return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const next = { ascending: "descending", descending: "" }[head.getAttribute("aria-sort")] ?? "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (next) head.setAttribute("aria-sort", next);
        sort(body, original, column, next);
      });
    });
  }

  const contents = document.querySelector(".contents details");
  const narrow = matchMedia("(max-width: 63.99rem)");
  if (contents) {
    const fold = () => { contents.open = !narrow.matches; };
    narrow.addEventListener("change", fold);
    contents.addEventListener("click", (event) => { if (narrow.matches && event.target.closest("a")) contents.open = false; });
    fold();
    // The part that is being read is marked in the contents.
    const links = new Map([...contents.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
    const headings = [...links.keys()].map((id) => document.getElementById(id));
    const mark = () => {
      const passed = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3);
      links.forEach((link) => link.removeAttribute("aria-current"));
      if (passed.length) links.get(passed.at(-1).id).setAttribute("aria-current", "location");
    };
    addEventListener("scroll", mark, { passive: true });
  }
})();
