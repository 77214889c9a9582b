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

const ANIMATION_MS = { mask: 650, priority: 350, glimpse: 420, label: 250, inhibition: 650 };

// Geometry of the image and its cells on a square stage of `size` CSS pixels.
function frameFor(trace, size) {
  const scale = size / Math.max(trace.image.width, trace.image.height);
  const [width, height] = [trace.image.width * scale, trace.image.height * scale];
  const [left, top] = [(size - width) / 2, (size - height) / 2];
  const [cellWidth, cellHeight] = [width / trace.columns, height / trace.rows];
  const corner = (cell) => ({
    x: left + (cell % trace.columns) * cellWidth,
    y: top + Math.floor(cell / trace.columns) * cellHeight,
  });
  const center = (cell) => ({ x: corner(cell).x + cellWidth / 2, y: corner(cell).y + cellHeight / 2 });
  return { size, left, top, width, height, cellWidth, cellHeight, corner, center };
}

class Stage {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.size = 0;
    this.hovered = null;
  }

  load(trace) {
    this.trace = trace;
    this.image = imageToCanvas(trace.image);
    this.backdrop = null;
    this.cells = blankCanvas(trace.columns, trace.rows);
    // One scale for the whole trace, so that a weak meta-step looks weak beside a strong one.
    this.highestPriority = Math.max(0.02, ...trace.steps.map(({ priority }) => priority[peakOf(priority)]));
    this.hovered = null;
  }

  resize(size) {
    if (!size) return;
    this.size = size;
    this.ratio = window.devicePixelRatio || 1;
    this.canvas.width = this.canvas.height = Math.round(size * this.ratio);
    this.backdrop = null;
    if (this.moment) this.draw(1);
  }

  // Draws what is slow and changes only with the size or the trace: the scaled image and the hatching.
  prepare() {
    const { size, ratio } = this;
    const newContext = () => {
      const context = blankCanvas(this.canvas.width, this.canvas.height).getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      return context;
    };
    this.frame = frameFor(this.trace, size);
    const { left, top, width, height } = this.frame;
    const backdrop = newContext();
    backdrop.imageSmoothingQuality = "high";
    backdrop.drawImage(this.image, left, top, width, height);
    const hatching = newContext();
    drawHatching(hatching, size);
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
    const frame = frameFor(this.trace, this.size);
    const column = Math.floor((x - frame.left) / frame.cellWidth);
    const row = Math.floor((y - frame.top) / frame.cellHeight);
    const inside = row >= 0 && column >= 0 && row < this.trace.rows && column < this.trace.columns;
    return inside ? row * this.trace.columns + column : null;
  }

  draw(progress) {
    if (!this.size) return;
    if (!this.backdrop) this.prepare();
    const { context, ratio, size } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, size, size);
    context.drawImage(this.backdrop, 0, 0, size, size);
    for (const layer of LAYERS) if (this.view.layers.has(layer)) this[layer](progress);
    if (this.moment.kind === "label") this.answer(progress);
    if (this.hovered !== null) this.outlineHovered();
  }

  metaStep() {
    return this.trace.steps[this.moment.step];
  }

  overlay(colorAt, alpha = this.view.opacity, context = this.context) {
    const { left, top, width, height } = this.frame;
    context.globalAlpha = alpha;
    context.imageSmoothingEnabled = this.view.smooth;
    context.imageSmoothingQuality = "low"; // bilinear
    context.drawImage(paintCells(this.cells, colorAt), left, top, width, height);
    context.globalAlpha = 1;
  }

  saliency(progress) {
    const { saliency, nextSaliency } = this.metaStep();
    const values = this.moment.kind === "inhibition" ? interpolated(saliency, nextSaliency, progress) : saliency;
    this.overlay((cell) => [...inferno(values[cell]), 255]);
  }

  mask(progress) {
    const share = this.moment.kind === "mask" ? progress : 1;
    const mask = interpolatedMask(this.trace, this.moment.step, share);
    // Scaled to its peak, or a focused mask would be too dark; but a mask that is almost zero must look so.
    const peak = Math.max(0.1, mask[peakOf(mask)]);
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
    drawPath(this.context, this.frame, seen, step, Math.min(1, share * 1.4));
    drawGlimpses(this.context, this.frame, seen, step, Math.max(0, share * 2 - 1));
  }

  // Gray hatching where saliency has been removed since the beginning; the more was removed, the denser it is.
  inhibition(progress) {
    const { saliency, nextSaliency } = this.metaStep();
    const now = this.moment.kind === "inhibition" ? interpolated(saliency, nextSaliency, progress) : saliency;
    const first = this.trace.steps[0].saliency;
    const { scratch, size } = this;
    scratch.globalCompositeOperation = "copy";
    scratch.drawImage(this.hatching, 0, 0, size, size);
    scratch.globalCompositeOperation = "destination-in";
    // The square root keeps small losses visible.
    this.overlay((cell) => [0, 0, 0, 255 * Math.sqrt(Math.max(0, first[cell] - now[cell]))], 1, scratch);
    this.context.globalAlpha = this.view.opacity;
    this.context.drawImage(scratch.canvas, 0, 0, size, size);
    this.context.globalAlpha = 1;
  }

  answer(progress) {
    const step = this.metaStep();
    const glimpsed = step.glimpses.at(-1)?.cell;
    const cell = glimpsed ? glimpsed[0] * this.trace.columns + glimpsed[1] : peakOf(step.mask);
    const text = this.trace.names[step.label];
    drawAnswer(this.context, this.frame, { text, verdict: verdictOf(step), cell, progress });
  }

  outlineHovered() {
    const { x, y } = this.frame.corner(this.hovered);
    this.context.beginPath();
    this.context.rect(x, y, this.frame.cellWidth, this.frame.cellHeight);
    strokeTwice(this.context, "#fff", 1.5);
  }
}
