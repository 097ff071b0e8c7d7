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

  const save = (content, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  for (const button of document.querySelectorAll("button[data-svg]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const svg = document.querySelector(`#figure-${button.dataset.svg} svg`);
      const text = new XMLSerializer().serializeToString(svg);
      save(new Blob([text], { type: "image/svg+xml" }), button.dataset.name);
    });
  }

  const contents = document.querySelector(".contents details");
  if (contents && matchMedia("(max-width: 63.99rem)").matches) contents.open = false;
})();
