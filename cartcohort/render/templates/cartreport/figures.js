"use strict";
(() => {
  const LOOKS = ["font-family", "font-size", "stroke-linejoin"];
  const drawing = (button) => document.querySelector(`#figure-${button.dataset.svg} svg`);

  // 300 dots an inch, where the figure's units are those of CSS, 96 an inch; a PNG says so in a chunk of its own.
  const SCALE = 300 / 96;
  const RESOLUTION = new Uint8Array([0, 0, 0, 9, 112, 72, 89, 115, 0, 0, 46, 35, 0, 0, 46, 35, 1, 120, 165, 63, 118]);
  const AFTER_HEAD = 33;
  const paint = async (svg) => {
    const { width, height } = svg.viewBox.baseVal;
    const copy = svg.cloneNode(true);
    copy.setAttribute("width", width * SCALE);
    copy.setAttribute("height", height * SCALE);
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * SCALE);
    canvas.height = Math.round(height * SCALE);
    const context = canvas.getContext("2d");
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    const bytes = new Uint8Array(await png.arrayBuffer());
    return [bytes.subarray(0, AFTER_HEAD), RESOLUTION, bytes.subarray(AFTER_HEAD)];
  };

  for (const button of document.querySelectorAll("button[data-svg]")) {
    const other = button.cloneNode(true);
    other.firstChild.textContent = "Download PNG";
    button.after(" ", other);
    button.hidden = other.hidden = false;
    const { name } = button.dataset;
    button.addEventListener("click", () => save([new XMLSerializer().serializeToString(drawing(button))], "image/svg+xml", name));
    other.addEventListener("click", async () => save(await paint(drawing(other)), "image/png", name.replace(/svg$/, "png")));
  }

  // On a narrow screen the panels of a figure stand one below the other, each a window on the drawing.
  const isNarrow = matchMedia("(max-width: 40rem)");
  const stack = (svg) => {
    const panels = document.createElement("div");
    panels.className = "panels";
    panels.setAttribute("aria-hidden", "true");
    const all = svg.querySelector(":scope > g[id$='-all']").id;
    for (const box of svg.dataset.panels.split(";")) {
      const panel = document.createElementNS(svg.namespaceURI, "svg");
      const use = document.createElementNS(svg.namespaceURI, "use");
      panel.setAttribute("viewBox", box);
      for (const look of LOOKS) panel.setAttribute(look, svg.getAttribute(look));
      use.setAttribute("href", `#${all}`);
      panel.append(use);
      panels.append(panel);
    }
    svg.after(panels);
  };
  const arrange = () => {
    if (isNarrow.matches) document.querySelectorAll(".sheet > svg[data-panels]:last-child").forEach(stack);
  };
  isNarrow.addEventListener("change", arrange);
  arrange();
})();
