"use strict";
// The form that composes another run. Its rules are those of the command line: `declaration.py` says which values are
// allowed, `assignments.py` how a value is written.
(() => {
  const form = document.getElementById("rerun-form");
  if (!form) return;
  const conventions = JSON.parse(form.dataset.conventions);
  const fields = [...form.querySelectorAll("[data-kind]")];
  const within = (id) => form.querySelector(`#rerun-${id}`);

  const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
  const NOTHING = /^(?:~|null|none|)$/i;
  const PLAIN = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;
  const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

  // What is typed as a value: a number, a text, a list of these, or null; an Error where it is not allowed.
  const readOne = (text, { kind, minimum, maximum, choices }) => {
    if (UNPRINTABLE.test(text)) throw new Error("must not hold an invisible character");
    if (kind === "text" || kind === "date") {
      if (!text || (choices && !choices.split(" ").includes(text))) throw new Error();
      return text;
    }
    const number = Number(text);
    const wrong = !NUMBER.test(text) || !Number.isFinite(number) || (kind === "whole number" && !Number.isSafeInteger(number));
    if (wrong || number < Number(minimum ?? -Infinity) || number > Number(maximum ?? Infinity)) throw new Error();
    return number;
  };
  // Members stand between commas; one that holds a comma is in quotation marks, as YAML knows them.
  const MEMBER = /\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,]*)\s*(?:,|$)/y;
  const unquote = (text) => {
    if (text.startsWith('"')) return JSON.parse(text);
    return /^'.*'$/s.test(text) ? text.slice(1, -1).replaceAll("''", "'") : text.trim();
  };
  const splitList = (text) => {
    const members = [];
    for (MEMBER.lastIndex = 0; MEMBER.lastIndex < text.length; ) {
      const found = MEMBER.exec(text);
      if (!found) throw new Error();
      members.push(unquote(found[1]));
    }
    return members;
  };
  const readValue = (text, rules) => {
    text = text.trim();
    if (!text && "optional" in rules) return null;
    if (!("many" in rules)) return readOne(text, rules);
    const members = splitList(text.replace(/^\[(.*)\]$/, "$1")).map((member) => readOne(member, rules));
    if (!members.length) throw new Error();
    if (new Set(members).size < members.length) throw new Error("must not name a value twice");
    return members;
  };
  const tryRead = (text, rules) => {
    try {
      return { value: readValue(text, rules) };
    } catch (error) {
      return { wrong: error instanceof SyntaxError || !error.message ? `must be ${rules.expected}` : error.message };
    }
  };

  const likeOther = (text) => NOTHING.test(text) || NUMBER.test(text) || /^["'[{]/.test(text);
  const write = (value, isPlain) => {
    if (Array.isArray(value)) return `[${value.map((member) => write(member, (text) => PLAIN.test(text) && !likeOther(text))).join(", ")}]`;
    return typeof value === "string" && !isPlain(value) ? JSON.stringify(value) : String(value);
  };
  const quote = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`);
  // A shell finds the home folder only where its sign is not quoted.
  const quoteFolder = (folder) => (folder.startsWith("~/") ? `~/${quote(folder.slice(2))}` : quote(folder));
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  const tell = (field, wrong) => {
    const id = `${field.id}-wrong`;
    let message = document.getElementById(id);
    if (!wrong) {
      message?.remove();
      field.removeAttribute("aria-invalid");
      field.setAttribute("aria-describedby", `${field.id}-help`);
      return;
    }
    if (!message) {
      message = document.createElement("p");
      message.id = id;
      message.className = "wrong";
      field.after(message);
    }
    message.textContent = wrong;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${id} ${field.id}-help`);
  };

  const read = () => {
    const given = {};
    const wrong = {};
    for (const field of fields) {
      const now = field.validity.badInput ? { wrong: `must be ${field.dataset.expected}` } : tryRead(field.value, field.dataset);
      const changed = !now.wrong && !same(now.value, tryRead(field.dataset.default, field.dataset).value);
      field.closest(".field").classList.toggle("changed", changed);
      if (now.wrong) wrong[field.name] = `${field.name} ${now.wrong}.`;
      else if (changed) given[field.name] = now.value;
    }
    for (const [name, value] of Object.entries(conventions[given.convention] ?? {})) {
      if (name in given && given[name] !== value) wrong[name] = `${name} contradicts the convention ${given.convention}, which sets it to ${value}.`;
    }
    return { given, wrong };
  };

  const compose = () => {
    const { given, wrong } = read();
    for (const field of fields) tell(field, wrong[field.name]);
    const places = ["study", "output"].map(within);
    for (const place of places) {
      const text = place.value.trim();
      const hyphen = text.startsWith("-") ? "Begin with ./ where a name begins with a hyphen." : "";
      tell(place, !text || UNPRINTABLE.test(text) ? "Name a folder." : hyphen);
    }
    const [study, output] = places.map((place) => place.value.trim());
    const flawed = form.querySelectorAll("[aria-invalid]").length;
    const names = Object.keys(given);
    form.classList.toggle("flawed", flawed > 0);
    form.querySelector(".verdict").textContent = flawed
      ? `${flawed === 1 ? "One value cannot" : `${flawed} values cannot`} be used; see the marked ${flawed === 1 ? "field" : "fields"}.`
      : names.length ? `Differs from the defaults: ${names.join(", ")}.` : "All values are the defaults.";
    for (const button of form.querySelectorAll("[data-copy], [data-save]")) button.disabled = flawed > 0;

    const words = ["python", "run_reports.py", "--study", quoteFolder(study)];
    if (within("scope").value) words.push("--section", form.dataset.section);
    if (output !== "reports") words.push("--output", quoteFolder(output));
    const assignments = names.flatMap((name) => ["-p", `${name}=${write(given[name], (text) => !likeOther(text))}`]);
    const start = words.join(" ");
    const lines = names.map((name) => `${name}: ${write(given[name], (text) => PLAIN.test(text) && !likeOther(text))}\n`);
    within("command").textContent = flawed ? "" : [start, ...assignments.map(quote)].join(" ");
    within("file").textContent = flawed ? "" : `# ${start} --parameters ${form.dataset.section}.yaml\n${lines.join("")}`;
  };

  const copy = async (source) => {
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      getSelection().selectAllChildren(source);
      document.execCommand("copy");
    }
  };
  form.addEventListener("input", compose);
  form.addEventListener("focusout", compose); // half a date is no input
  form.addEventListener("reset", () => setTimeout(compose));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copy]");
    if (!button) return;
    await copy(document.getElementById(button.dataset.copy));
    form.querySelector(".verdict").textContent = "Copied.";
  });
  form.reset();
  compose();
})();
