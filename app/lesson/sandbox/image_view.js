// The image with its overlays, and the small maps beside it.

const SHADE = [4, 12, 24];
const FIGURE_PX = 200;
const MAP_COLORS = { mask: channels(COLORS.covert), priority: channels(COLORS.priority) };

class ImageView {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
  }

  load(scene) {
    this.scene = scene;
    this.image = imageToCanvas(scene.image);
    this.cells = blankCanvas(scene.columns, scene.rows);
  }

  resize(size) {
    this.ratio = window.devicePixelRatio || 1;
    this.size = size;
    this.canvas.width = this.canvas.height = Math.round(size * this.ratio);
    this.frame = frameFor(this.scene, size);
  }

  // layer: "saliency", "mask", "priority", "broad" or "image"
  // overlays: {covert, gaussians, cells, circled}, each optional
  draw(layer, { covert, gaussians, cells = [], circled = null }) {
    const { context, frame, size, ratio } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, size, size);
    context.imageSmoothingEnabled = true;
    context.drawImage(this.image, 0, 0, frame.width, frame.height);
    if (layer === "saliency") this.overlay((cell) => [...inferno(this.scene.saliency[cell]), 190]);
    else if (covert && layer === "mask") this.drawMask(covert.mask);
    else if (covert && layer === "priority") {
      this.overlay((cell) => shade(MAP_COLORS.priority, covert.priority, cell, 215));
    } else if (covert && layer === "broad") drawWeights(context, frame, covert.broadWeights);
    if (gaussians && layer !== "image") drawGaussians(context, frame, gaussians);
    for (const cell of new Set(cells)) this.outline(cell, COLORS.overt);
    if (circled !== null) this.circle(circled);
  }

  overlay(colorAt) {
    const { width, height } = this.frame;
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(paintCells(this.cells, colorAt), 0, 0, width, height);
  }

  // Blue light where the mask is, darkness elsewhere. Scaled to the mask's peak, but a faint mask stays faint.
  drawMask(mask) {
    const peak = Math.max(0.1, mask[argmax(mask)]);
    this.overlay((cell) => [...SHADE, 205 * (1 - mask[cell] / peak)]);
    this.context.globalCompositeOperation = "lighter";
    this.overlay((cell) => [...MAP_COLORS.mask, 165 * (mask[cell] / peak)]);
    this.context.globalCompositeOperation = "source-over";
  }

  outline(cell, color) {
    const { x, y } = this.frame.corner(cell);
    this.context.beginPath();
    this.context.rect(x, y, this.frame.cellWidth, this.frame.cellHeight);
    strokeTwice(this.context, color, 3);
  }

  circle(cell) {
    const { x, y } = this.frame.center(cell);
    this.context.beginPath();
    this.context.arc(x, y, this.frame.cellWidth * 0.9, 0, FULL_TURN);
    strokeTwice(this.context, "#fff", 3);
  }
}

// [red, green, blue, alpha] of a cell: the color scaled by the cell's share of the map's peak.
function shade([red, green, blue], values, cell, alpha = 255) {
  const share = values[cell] / Math.max(0.1, values[argmax(values)]);
  return [red, green, blue].map((part) => Math.min(255, part * share * 1.25)).concat(alpha);
}

// Paints a map at one pixel per cell; the style sheet enlarges it.
function paintMap(canvas, { rows, columns }, colorAt) {
  if (canvas.width !== columns || canvas.height !== rows) [canvas.width, canvas.height] = [columns, rows];
  paintCells(canvas, colorAt);
}

// Paints the image, each place as bright as its weight in the broad glimpse.
function paintBroad(canvas, { scene, image, cells }, { broadWeights }) {
  canvas.width = canvas.height = FIGURE_PX;
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, FIGURE_PX, FIGURE_PX);
  const highest = broadWeights[argmax(broadWeights)];
  context.imageSmoothingQuality = "high";
  context.drawImage(
    paintCells(cells, (cell) => [0, 0, 0, 255 * (1 - broadWeights[cell] / highest)]), 0, 0, FIGURE_PX, FIGURE_PX,
  );
  canvas.dataset.cells = scene.rows * scene.columns;
}

// Paints the glimpsed cell, with one cell around it dimmed.
function paintSharp(canvas, { scene, image }, cell) {
  canvas.width = canvas.height = FIGURE_PX;
  const context = canvas.getContext("2d");
  const [cellWidth, cellHeight] = [scene.image.width / scene.columns, scene.image.height / scene.rows];
  const [left, top] = [(cell % scene.columns) * cellWidth, Math.floor(cell / scene.columns) * cellHeight];
  const third = FIGURE_PX / 3;
  context.drawImage(
    image, left - cellWidth, top - cellHeight, 3 * cellWidth, 3 * cellHeight, 0, 0, FIGURE_PX, FIGURE_PX,
  );
  context.fillStyle = "rgba(0,0,0,0.5)";
  context.fillRect(0, 0, FIGURE_PX, FIGURE_PX);
  context.drawImage(image, left, top, cellWidth, cellHeight, third, third, third, third);
  context.beginPath();
  context.rect(third, third, third, third);
  strokeTwice(context, COLORS.overt, 3);
}
