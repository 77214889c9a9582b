// The image and its layers on one canvas.

const LAYERS = ["saliency", "mask", "priority", "glimpses", "inhibition"];

// The layers of each kind of moment, unless the visitor overrides them.
const AUTOMATIC_LAYERS = {
  saliency: ["saliency"],
  mask: ["mask"],
  priority: ["priority"],
  broad: ["mask"],
  glimpse: ["glimpses"],
  label: ["mask", "glimpses"],
  inhibition: ["saliency", "inhibition"],
};
// On a photo the path of the fixations stays visible, except under the mask.
const PHOTO_LAYERS = { saliency: ["saliency", "glimpses"], priority: ["priority", "glimpses"] };
const DEGREES = 32; // of a photo's longer side: each sharp glimpse has a ring of about one degree of visual angle

const ANIMATION_MS = { mask: 650, priority: 350, glimpse: 420, label: 250, inhibition: 650 };

function automaticLayers(trace, { kind }) {
  return (trace.free && PHOTO_LAYERS[kind]) || AUTOMATIC_LAYERS[kind];
}

// Geometry of the image and its cells on a stage of the image's proportions, `width` CSS pixels wide.
function frameFor(trace, width) {
  const height = (width * trace.image.height) / trace.image.width;
  const [cellWidth, cellHeight] = [width / trace.columns, height / trace.rows];
  const corner = (cell) => ({
    x: (cell % trace.columns) * cellWidth,
    y: Math.floor(cell / trace.columns) * cellHeight,
  });
  const center = (cell) => ({ x: corner(cell).x + cellWidth / 2, y: corner(cell).y + cellHeight / 2 });
  const degree = Math.max(width, height) / DEGREES;
  return { width, height, cellWidth, cellHeight, degree, corner, center };
}

class Stage {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.width = 0;
    this.hovered = null;
  }

  load(trace) {
    const before = this.trace?.image;
    this.trace = trace;
    const image = drawableImage(trace.image, (photo) => this.trace === trace && this.photoReady(photo));
    // until the photo is decoded, an earlier version of it stays visible
    const similar = before?.width === trace.image.width && before.height === trace.image.height;
    this.image = image ?? (similar ? this.image : null);
    this.backdrop = null;
    this.frame = frameFor(trace, this.width);
    this.cells = blankCanvas(trace.columns, trace.rows);
    // One scale for the whole trace, so that a weak meta-step looks weak beside a strong one.
    this.highestPriority = Math.max(0.02, ...trace.steps.map(({ priority }) => priority[peakOf(priority)]));
    this.hovered = null;
  }

  photoReady(photo) {
    this.image = photo;
    this.backdrop = null;
    if (this.moment && !this.pending) this.draw(1);
  }

  // width: in CSS pixels; the height follows from the image's proportions
  resize(width) {
    if (!width) return;
    [this.width, this.frame] = [width, frameFor(this.trace, width)];
    this.ratio = window.devicePixelRatio || 1;
    const size = [width, this.frame.height].map((length) => Math.round(length * this.ratio));
    if (size[0] === this.canvas.width && size[1] === this.canvas.height) return;
    [this.canvas.width, this.canvas.height] = size;
    this.backdrop = null;
    if (this.moment) this.draw(1);
  }

  // Draws what is slow and changes only with the size or the trace: the scaled image and the hatching.
  prepare() {
    const { ratio } = this;
    const newContext = () => {
      const context = blankCanvas(this.canvas.width, this.canvas.height).getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      return context;
    };
    const { width, height } = this.frame;
    const backdrop = newContext();
    backdrop.imageSmoothingQuality = "high";
    backdrop.drawImage(this.image, 0, 0, width, height);
    const hatching = newContext();
    drawHatching(hatching, width, height);
    [this.backdrop, this.hatching, this.scratch] = [backdrop.canvas, hatching.canvas, newContext()];
  }

  // view: {layers: Set, opacity: 0..1, smooth}. The animation only guides the eye; the state changes at once.
  show(moment, view, animated) {
    this.stop();
    this.moment = moment;
    this.view = view;
    const duration = ANIMATION_MS[moment.kind];
    if (animated && duration) this.animate(duration);
    else this.draw(1);
  }

  animate(duration) {
    const begin = performance.now();
    const frame = (now) => {
      const share = Math.min(1, Math.max(0, now - begin) / duration);
      this.draw(1 - (1 - share) ** 3);
      this.pending = share < 1 ? requestAnimationFrame(frame) : null;
    };
    frame(begin);
  }

  stop() {
    cancelAnimationFrame(this.pending);
    this.pending = null;
  }

  hover(cell) {
    if (cell === this.hovered) return;
    this.hovered = cell;
    if (!this.pending) this.draw(1);
  }

  // The cell at x, y in CSS pixels from the upper left corner of the canvas; null outside the image.
  cellAt(x, y) {
    const column = Math.floor(x / this.frame.cellWidth);
    const row = Math.floor(y / this.frame.cellHeight);
    const inside = row >= 0 && column >= 0 && row < this.trace.rows && column < this.trace.columns;
    return inside ? row * this.trace.columns + column : null;
  }

  draw(progress) {
    if (!this.width || !this.image) return;
    if (!this.backdrop) this.prepare();
    const { context, ratio } = this;
    const { width, height } = this.frame;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.drawImage(this.backdrop, 0, 0, width, height);
    for (const layer of LAYERS) if (this.view.layers.has(layer)) this[layer](progress);
    if (this.moment.kind === "label") this.answer(progress);
    if (this.hovered !== null) this.outlineHovered();
  }

  metaStep() {
    return this.trace.steps[this.moment.step];
  }

  overlay(colorAt, alpha = this.view.opacity, context = this.context) {
    const { width, height } = this.frame;
    context.globalAlpha = alpha;
    context.imageSmoothingEnabled = this.view.smooth;
    context.imageSmoothingQuality = "low"; // bilinear
    context.drawImage(paintCells(this.cells, colorAt), 0, 0, width, height);
    context.globalAlpha = 1;
  }

  saliency(progress) {
    const { saliency, nextSaliency } = this.metaStep();
    const values = this.moment.kind === "inhibition" ? interpolated(saliency, nextSaliency, progress) : saliency;
    this.overlay((cell) => [...inferno(values[cell]), 255]);
  }

  // Maps are scaled to their maximum, or a focused mask would be too dark; but a mask that is almost zero must look so.
  highestMask(mask = this.metaStep().mask) {
    return Math.max(0.1, mask[peakOf(mask)]);
  }

  mask(progress) {
    const share = this.moment.kind === "mask" ? progress : 1;
    const mask = interpolatedMask(this.trace, this.moment.step, share);
    const peak = this.highestMask(mask);
    this.overlay((cell) => [4, 12, 24, 210 * (1 - mask[cell] / peak)]);
    // Blue light added to a bright area would look white, so a color image is tinted instead.
    this.context.globalCompositeOperation = this.trace.image.channels === 1 ? "lighter" : "source-over";
    this.overlay((cell) => [...channels(COLORS.covert), 175 * (mask[cell] / peak)]);
    this.context.globalCompositeOperation = "source-over";
    if (this.moment.kind === "broad") drawWeights(this.context, this.frame, this.metaStep().broadWeights);
    else if (this.moment.kind !== "label") {
      drawGaussians(this.context, this.frame, interpolatedGaussians(this.trace, this.moment.step, share));
    }
  }

  priority(progress) {
    const { priority } = this.metaStep();
    const share = this.moment.kind === "priority" ? progress : 1;
    this.overlay(() => [0, 0, 0, 140 * share]);
    this.overlay((cell) => [...channels(COLORS.priority), 255 * share * (priority[cell] / this.highestPriority)]);
  }

  glimpses(progress) {
    const { step, kind } = this.moment;
    const seen = glimpsesSoFar(this.trace, this.moment);
    const share = kind === "glimpse" ? progress : 1;
    const [drawMarks, faded] = this.trace.free ? [drawFixations, 0.8] : [drawGlimpses, 0.4];
    drawPath(this.context, this.frame, seen, step, Math.min(1, share * 1.4), faded);
    drawMarks(this.context, this.frame, seen, step, Math.max(0, share * 2 - 1));
  }

  // Gray hatching where saliency has been removed since the beginning; the more was removed, the stronger it is.
  inhibition(progress) {
    const { saliency, nextSaliency } = this.metaStep();
    const now = this.moment.kind === "inhibition" ? interpolated(saliency, nextSaliency, progress) : saliency;
    const first = this.trace.steps[0].saliency;
    const { scratch } = this;
    const { width, height } = this.frame;
    // Soft inhibition takes a share of each cell's own saliency, however little that is. Where saliency is subtracted
    // instead, the square root keeps small losses visible.
    const lost = this.trace.free
      ? (cell) => Math.max(0, 1 - now[cell] / Math.max(first[cell], 1e-9))
      : (cell) => Math.sqrt(Math.max(0, first[cell] - now[cell]));
    scratch.globalCompositeOperation = "copy";
    scratch.drawImage(this.hatching, 0, 0, width, height);
    scratch.globalCompositeOperation = "destination-in";
    this.overlay((cell) => [0, 0, 0, 255 * lost(cell)], 1, scratch);
    this.context.globalAlpha = this.view.opacity;
    this.context.drawImage(scratch.canvas, 0, 0, width, height);
    this.context.globalAlpha = 1;
  }

  answer(progress) {
    const step = this.metaStep();
    const glimpsed = step.glimpses.at(-1)?.cell;
    const cell = glimpsed ? glimpsed[0] * this.trace.columns + glimpsed[1] : peakOf(step.mask);
    const unsure = isUnsure(this.trace, step.classes[step.label]);
    const text = `${this.trace.names[step.label]}${unsure ? "?" : ""}`;
    drawAnswer(this.context, this.frame, { text, verdict: verdictOf(step), unsure, cell, progress });
  }

  outlineHovered() {
    const { x, y } = this.frame.corner(this.hovered);
    this.context.beginPath();
    this.context.rect(x, y, this.frame.cellWidth, this.frame.cellHeight);
    strokeTwice(this.context, "#fff", 1.5);
  }
}
