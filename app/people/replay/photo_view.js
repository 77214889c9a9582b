// A photo on a canvas in its own proportions, with a density and scanpaths over it. All sizes are CSS pixels.

const SHADE = 0.55; // how much a density darkens the photo where it is 0
const RADIUS = 10; // of a numbered fixation

// [red, green, blue, alpha] of a density: dark where it is 0, in its color where it is 1
function densityColor(color, value) {
  const share = Math.sqrt(value); // low densities stay visible
  return [...channels(color).map((channel) => channel * share), 255 * (SHADE + (0.9 - SHADE) * share)];
}

function paintRamp(canvas, color) {
  paintCells(canvas, (place) => densityColor(color, place / (canvas.width - 1)));
}

class PhotoView {
  constructor(figure) {
    this.figure = figure;
    this.canvas = figure.querySelector(".photo");
    this.context = this.canvas.getContext("2d");
  }

  load(photo, { width }) {
    [this.photo, this.width] = [photo, width];
  }

  // The point of the photo, in its pixels, under a pointer event.
  pointAt({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    const scale = this.width / box.width;
    return [(clientX - box.left) * scale - 0.5, (clientY - box.top) * scale - 0.5];
  }

  begin() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !this.photo) return false;
    const ratio = window.devicePixelRatio || 1;
    const size = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== size[0] || this.canvas.height !== size[1]) [this.canvas.width, this.canvas.height] = size;
    this.scale = width / this.width;
    const { context } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fontFamily = getComputedStyle(this.canvas).fontFamily; // a canvas does not inherit the font
    context.imageSmoothingQuality = "high";
    context.drawImage(this.photo, 0, 0, width, height);
    return true;
  }

  place([x, y]) {
    return [(x + 0.5) * this.scale, (y + 0.5) * this.scale];
  }

  density({ rows, columns, values }, color) {
    const cells = paintCells(blankCanvas(columns, rows), (cell) => densityColor(color, values[cell]));
    this.context.drawImage(cells, 0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
  }

  // points: [x, y]; progress: 0..1, of the last saccade; square: a mark of the model, otherwise round
  path(points, color, { progress = 1, square = false, numbered = true, alpha = 1 } = {}) {
    const { context } = this;
    const places = points.map((point) => this.place(point));
    context.save();
    context.globalAlpha = alpha;
    for (let at = 1; at < places.length; at += 1) {
      const share = at === places.length - 1 ? progress : 1;
      this.line(places[at - 1], places[at], share, color, numbered ? 2.5 : 1.2);
    }
    for (const [at, place] of places.entries()) {
      const landing = at === places.length - 1 ? Math.max(0, progress * 2 - 1) : 1;
      context.globalAlpha = alpha * landing;
      this.mark(place, color, { square, text: numbered ? String(at + 1) : "", last: at === places.length - 1 });
    }
    context.restore();
  }

  line(from, to, share, color, width) {
    const { context } = this;
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share);
    strokeTwice(context, color, width);
  }

  mark([x, y], color, { square = false, text = "", last = false }) {
    const { context } = this;
    const radius = text ? RADIUS : last ? 5 : 2.5;
    context.beginPath();
    if (square) context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    else context.arc(x, y, radius, 0, FULL_TURN);
    strokeTwice(context, last ? "#fff" : color, last ? 3 : 1);
    context.fillStyle = color;
    context.fill();
    if (text) write(context, text, x, y, 12, "#000", 700);
  }

  // A ring around a point of the photo; radius in the photo's pixels.
  ring(point, radius, color, width = 2) {
    this.context.beginPath();
    this.context.arc(...this.place(point), radius * this.scale, 0, FULL_TURN);
    strokeTwice(this.context, color, width);
  }

  cross(point) {
    const [x, y] = this.place(point);
    const { context } = this;
    context.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + 4 * dx, y + 4 * dy);
      context.lineTo(x + 14 * dx, y + 14 * dy);
    }
    strokeTwice(context, "#fff", 2);
  }
}
