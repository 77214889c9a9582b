// One map over the image: its canvas, title, computing time, and the value at the shared point.

function element(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

// The image of a data URL.
async function decoded(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

// The gray levels of a PNG, one per pixel.
async function levelsOf(address) {
  const image = await decoded(address);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  const levels = new Uint8Array(canvas.width * canvas.height);
  for (let place = 0; place < levels.length; place += 1) levels[place] = pixels[place * 4];
  return { levels, width: canvas.width, height: canvas.height };
}

class Tile {
  constructor(host) {
    this.host = host;
    this.element = element("figure", "tile");
    this.canvas = element("canvas", "map");
    this.canvas.setAttribute("role", "img");
    this.sentence = element("p", "sentence");
    this.title = element("span", "title");
    this.time = element("span", "time");
    this.value = element("output", "value");
    const frame = element("div", "frame");
    frame.append(this.canvas, this.sentence);
    const caption = element("figcaption", "");
    caption.append(this.title, this.value, this.time);
    this.element.append(frame, caption);
    for (const event of ["pointermove", "pointerdown", "pointerleave"]) {
      this.canvas.addEventListener(event, (pointer) => this.pointed(pointer));
    }
  }

  async load(data) {
    this.data = data;
    this.title.textContent = data.title;
    this.title.title = data.idea;
    this.time.textContent = data.state === "done" ? data.time : "";
    this.sentence.textContent = data.state === "waiting" ? "computing\u2026" : data.sentence;
    this.element.dataset.state = data.state;
    this.element.dataset.model = data.id;
    this.canvas.setAttribute("aria-label", `${data.title}: ${data.state === "done" ? data.idea : data.state}`);
    if (data.png === this.png) return;
    this.png = data.png;
    this.map = null;
    this.painted = null;
    const png = data.png;
    const map = png ? await levelsOf(png) : null;
    if (this.png === png) this.map = map; // otherwise a newer map has arrived in the meantime
  }

  // Paints the values on the color scale of all maps; repainted only if the scale has changed.
  paint(high) {
    if (!this.map || this.painted?.high === high) return;
    const { levels, width, height } = this.map;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(width, height);
    const share = high > 0 ? this.data.high / high : 0;
    for (let place = 0; place < levels.length; place += 1) {
      const color = INFERNO[Math.min(255, Math.round(levels[place] * share))];
      pixels.data.set([...color, 255], place * 4);
    }
    context.putImageData(pixels, 0, 0);
    this.painted = { high, canvas };
  }

  // point: shares [across, down] of the image, or null.
  draw({ image, opacity, high, point, marks }) {
    const { width, height } = this.host.data;
    const shown = this.canvas.clientWidth;
    if (!shown) return;
    const ratio = window.devicePixelRatio || 1;
    const size = [Math.round(shown * ratio), Math.round((shown * ratio * height) / width)];
    if (this.canvas.width !== size[0] || this.canvas.height !== size[1]) [this.canvas.width, this.canvas.height] = size;
    const context = this.canvas.getContext("2d");
    context.globalAlpha = 1;
    context.imageSmoothingQuality = "high";
    if (image) context.drawImage(image, 0, 0, ...size);
    this.paint(high);
    if (this.painted) {
      context.globalAlpha = opacity;
      context.drawImage(this.painted.canvas, 0, 0, ...size);
      context.globalAlpha = 1;
    }
    const scale = size[0] / width;
    if (marks.has("boxes")) drawBoxes(context, this.host.data.boxes, scale, ratio);
    if (marks.has("fixations")) drawFixations(context, this.host.data.fixations, scale, ratio, this.host.color);
    if (point) drawCross(context, point, size, ratio);
    this.value.textContent = point && this.map ? readable(this.at(point)) : "";
  }

  at([across, down]) {
    const { levels, width, height } = this.map;
    const column = Math.min(width - 1, Math.floor(across * width));
    const row = Math.min(height - 1, Math.floor(down * height));
    return (levels[row * width + column] / 255) * this.data.high;
  }

  pointed(event) {
    if (event.type === "pointerleave") {
      if (event.pointerType === "mouse") this.host.point(null); // after a touch the values stay
      return;
    }
    const box = this.canvas.getBoundingClientRect();
    const inside = (share) => Math.min(0.9999, Math.max(0, share));
    this.host.point([inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)]);
  }
}

function drawBoxes(context, boxes, scale, ratio) {
  for (const { top, left, bottom, right } of boxes) {
    context.beginPath();
    context.rect(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale);
    strokeTwice(context, "#ffffff", 1.5 * ratio);
  }
}

function drawFixations(context, fixations, scale, ratio, color) {
  for (const [x, y] of fixations) {
    context.beginPath();
    context.arc((x + 0.5) * scale, (y + 0.5) * scale, 2 * ratio, 0, 2 * Math.PI);
    context.fillStyle = color;
    context.lineWidth = ratio;
    context.strokeStyle = "rgba(0,0,0,0.75)";
    context.stroke();
    context.fill();
  }
}

function drawCross(context, [across, down], [width, height], ratio) {
  const [x, y, gap] = [across * width, down * height, 5 * ratio];
  context.beginPath();
  for (const side of [-1, 1]) {
    context.moveTo(x + side * gap, y);
    context.lineTo(side < 0 ? 0 : width, y);
    context.moveTo(x, y + side * gap);
    context.lineTo(x, side < 0 ? 0 : height);
  }
  strokeTwice(context, "#ffffff", ratio);
}

// Light on dark, so that a line is visible on any background.
function strokeTwice(context, color, width) {
  context.strokeStyle = "rgba(0,0,0,0.6)";
  context.lineWidth = width * 2.6;
  context.stroke();
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}
