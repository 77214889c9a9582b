// The scene during the game: coarse everywhere, sharp inside one small window.

const WINDOW_RADIUS = 0.12; // share of the image: a small digit fits in, a large one does not

class Scene {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.size = 0;
  }

  load({ image, rows, columns }) {
    Object.assign(this, { rows, columns, image: imageToCanvas(image), shown: null });
    // One pixel per cell of the model's map, the mean of the pixels that it covers; enlarged, it is a soft blur.
    this.coarse = paintCells(blankCanvas(columns, rows), (cell) => {
      const mean = cellMean(image, cell, rows, columns);
      return [mean, mean, mean, 255];
    });
    this.size = 0;
    this.fit();
  }

  fit() {
    const width = Math.floor(this.canvas.clientWidth);
    if (!width || width === this.size) return;
    this.size = width;
    this.ratio = window.devicePixelRatio || 1;
    this.canvas.width = this.canvas.height = Math.round(width * this.ratio);
    if (this.shown) this.draw(this.shown);
  }

  cellAt(x, y) {
    const indexOf = (share, count) => Math.min(Math.max(Math.floor(share * count), 0), count - 1);
    return indexOf(y / this.size, this.rows) * this.columns + indexOf(x / this.size, this.columns);
  }

  center(cell) {
    return {
      x: (((cell % this.columns) + 0.5) / this.columns) * this.size,
      y: ((Math.floor(cell / this.columns) + 0.5) / this.rows) * this.size,
    };
  }

  // window: the cell seen sharply, or null; aim: the cell under the pointer; seen: cells glimpsed before.
  draw(shown) {
    this.shown = shown;
    if (!this.size) return;
    const { context, size, ratio } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(this.coarse, 0, 0, size, size);
    if (shown.window !== null) this.openWindow(shown.window);
    for (const cell of shown.seen) this.dot(cell);
    this.ring(shown.aim);
  }

  circle(cell) {
    const { x, y } = this.center(cell);
    this.context.beginPath();
    this.context.arc(x, y, WINDOW_RADIUS * this.size, 0, FULL_TURN);
  }

  openWindow(cell) {
    const { context, size } = this;
    context.save();
    this.circle(cell);
    context.clip();
    context.drawImage(this.image, 0, 0, size, size);
    context.restore();
    this.circle(cell);
    strokeTwice(context, COLORS.overt, 3);
  }

  dot(cell) {
    const { x, y } = this.center(cell);
    this.context.beginPath();
    this.context.arc(x, y, 4, 0, FULL_TURN);
    strokeTwice(this.context, COLORS.overt, 1.5);
  }

  ring(cell) {
    this.context.setLineDash([6, 6]);
    this.circle(cell);
    strokeTwice(this.context, "#ffffff", 1.5);
    this.context.setLineDash([]);
  }
}

function cellMean({ width, height, data }, cell, rows, columns) {
  const range = (index, count, length) =>
    [Math.floor((index * length) / count), Math.ceil(((index + 1) * length) / count)];
  const [top, bottom] = range(Math.floor(cell / columns), rows, height);
  const [left, right] = range(cell % columns, columns, width);
  let sum = 0;
  for (let row = top; row < bottom; row += 1) {
    for (let column = left; column < right; column += 1) sum += data[row * width + column];
  }
  return sum / ((bottom - top) * (right - left));
}
