// Marks over the maps: Gaussians, glimpsed cells and their path, the predicted label. All sizes are CSS pixels.

const FULL_TURN = 2 * Math.PI;
const EDGE = "rgba(0,0,0,0.65)"; // a dark outline keeps every colored line visible on light and dark images

function strokeTwice(context, color, width, outline = EDGE) {
  context.strokeStyle = outline;
  context.lineWidth = width + 2;
  context.stroke();
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}

function write(context, text, x, y, size, color, weight = 600) {
  context.font = `${weight} ${size}px ${context.fontFamily}`;
  context.fillStyle = color;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, x, y + size * 0.06);
}

function drawHatching(context, width, height) {
  context.fillStyle = translucent(COLORS.inhibition, 0.35);
  context.fillRect(0, 0, width, height);
  context.beginPath();
  for (let start = -height; start < width; start += 10) {
    context.moveTo(start, height);
    context.lineTo(start + height, 0);
  }
  strokeTwice(context, COLORS.inhibition, 2.5, "rgba(0,0,0,0.85)");
}

// One contour per Gaussian at one standard deviation; the line width shows the weight.
function drawGaussians(context, frame, gaussians) {
  const heaviest = Math.max(...gaussians.map(({ weight }) => weight), 1e-9);
  for (const [index, { weight, sigma, row, column }] of gaussians.entries()) {
    const share = weight / heaviest;
    const x = (column - 0.5) * frame.cellWidth;
    const y = (row - 0.5) * frame.cellHeight;
    context.save();
    context.globalAlpha = 0.3 + 0.7 * share;
    context.beginPath();
    context.ellipse(x, y, sigma * frame.cellWidth, sigma * frame.cellHeight, 0, 0, FULL_TURN);
    strokeTwice(context, COLORS.covert, 1 + 2.5 * share, "rgba(255,255,255,0.75)");
    context.beginPath();
    context.arc(x, y, 9, 0, FULL_TURN);
    context.fillStyle = COLORS.covert;
    context.fill();
    write(context, String(index + 1), x, y, 11, "#fff");
    context.restore();
  }
}

// One disc per cell; its area is proportional to the cell's weight in the broad glimpse.
function drawWeights(context, frame, weights) {
  const heaviest = weights[peakOf(weights)];
  const maxRadius = 0.42 * Math.min(frame.cellWidth, frame.cellHeight);
  for (const [cell, weight] of weights.entries()) {
    const radius = maxRadius * Math.sqrt(weight / heaviest);
    if (radius < 0.6) continue;
    const { x, y } = frame.center(cell);
    context.beginPath();
    context.arc(x, y, radius, 0, FULL_TURN);
    context.fillStyle = translucent(COLORS.covert, 0.55);
    context.fill();
    context.strokeStyle = "rgba(255,255,255,0.8)";
    context.lineWidth = 1;
    context.stroke();
  }
}

// Glimpses up to and including the moment, oldest first: {cell, step, glimpse}.
function glimpsesSoFar(trace, moment) {
  const seen = [];
  for (let step = 0; step <= moment.step; step += 1) {
    for (const [glimpse, { cell }] of trace.steps[step].glimpses.entries()) {
      const ahead = step === moment.step && (moment.tone === "covert" || glimpse > (moment.glimpse ?? Infinity));
      if (!ahead) seen.push({ cell: cell[0] * trace.columns + cell[1], step, glimpse });
    }
  }
  return seen;
}

// faded: opacity of the path's earlier meta-steps
function drawPath(context, frame, seen, step, progress, faded) {
  for (const [index, glimpse] of seen.entries()) {
    if (index === 0 || glimpse.cell === seen[index - 1].cell) continue;
    const from = frame.center(seen[index - 1].cell);
    const to = frame.center(glimpse.cell);
    const share = index === seen.length - 1 ? progress : 1;
    const tip = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
    context.save();
    context.globalAlpha = glimpse.step === step ? 1 : faded;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(tip.x, tip.y);
    strokeTwice(context, COLORS.overt, glimpse.step === step ? 2.5 : 1.5);
    context.beginPath();
    context.arc(tip.x, tip.y, glimpse.step === step ? 5 : 3.5, 0, FULL_TURN);
    strokeTwice(context, COLORS.overt, 1);
    context.fillStyle = COLORS.overt;
    context.fill();
    context.restore();
  }
}

// Glimpsed cells, each numbered meta-step.glimpse. If cells are small, only this meta-step is numbered.
function drawGlimpses(context, frame, seen, step, progress) {
  const large = Math.min(frame.cellWidth, frame.cellHeight) >= 34;
  const numbers = new Map();
  for (const { cell, step: when, glimpse } of seen) {
    const now = when === step;
    const before = numbers.get(cell) ?? { texts: [] };
    const texts = large || now ? [...before.texts, `${when + 1}.${glimpse + 1}`] : before.texts;
    numbers.set(cell, { now, texts });
  }
  const landing = seen.at(-1)?.cell;
  for (const [cell, { now, texts }] of numbers) {
    context.save();
    context.globalAlpha = (now ? 1 : 0.45) * (cell === landing ? progress : 1);
    const { x, y } = frame.corner(cell);
    context.beginPath();
    context.rect(x, y, frame.cellWidth, frame.cellHeight);
    strokeTwice(context, COLORS.overt, now ? 3 : 2);
    for (const [line, text] of texts.slice(-3).entries()) drawNumber(context, x, y + line * 15, text);
    context.restore();
  }
}

// Fixations of a photo, numbered in order: the crisp cell, and around it a ring of about one degree of visual angle.
function drawFixations(context, frame, seen, step, progress) {
  const numbers = new Map();
  for (const [index, { cell, step: when }] of seen.entries()) {
    const texts = [...(numbers.get(cell)?.texts ?? []), index + 1];
    numbers.set(cell, { now: when === step, texts });
  }
  const landing = seen.at(-1)?.cell;
  for (const [cell, { now, texts }] of numbers) {
    context.save();
    context.globalAlpha = (now ? 1 : 0.8) * (cell === landing ? progress : 1);
    drawFixation(context, frame, cell, texts.slice(-3).join(","), now);
    context.restore();
  }
}

function drawFixation(context, frame, cell, text, now) {
  const { x, y } = frame.center(cell);
  const radius = Math.max(9, frame.degree);
  context.beginPath();
  context.arc(x, y, radius, 0, FULL_TURN);
  strokeTwice(context, COLORS.overt, now ? 3 : 2);
  context.beginPath();
  context.rect(x - frame.cellWidth / 2, y - frame.cellHeight / 2, frame.cellWidth, frame.cellHeight);
  strokeTwice(context, COLORS.overt, now ? 2 : 1);
  const width = text.length * 7 + 9;
  const inside = (value, extent, size) => Math.min(Math.max(value, 1), extent - size - 1);
  const [left, top] = [inside(x + radius * 0.6, frame.width, width), inside(y - radius * 0.6 - 16, frame.height, 16)];
  context.beginPath();
  context.roundRect(left, top, width, 16, 8);
  context.strokeStyle = EDGE;
  context.lineWidth = 2;
  context.stroke();
  context.fillStyle = COLORS.overt;
  context.fill();
  write(context, text, left + width / 2, top + 8, 12, "#000", 700);
}

function drawNumber(context, x, y, text) {
  context.fillStyle = COLORS.overt;
  context.fillRect(x - 1, y - 1, text.length * 6 + 8, 15);
  write(context, text, x + 3 + text.length * 3, y + 6.5, 11, "#000");
}

// The predicted label beside the last glimpsed cell, inside the image.
function drawAnswer(context, frame, { text, verdict, unsure, cell, progress }) {
  const size = Math.max(16, Math.min(text.length > 4 ? 20 : 30, frame.width / 18)); // digits are large, words are not
  const short = text.length > 20 ? `${text.slice(0, 19)}\u2026` : text;
  context.font = `700 ${size}px ${context.fontFamily}`;
  const mark = verdict === null ? 0 : size * 1.05;
  const width = context.measureText(short).width + mark + size * 1.1;
  const height = size * 1.65;
  const center = frame.center(cell);
  const inside = (value, extent, size) => Math.max(6, Math.min(value, size - extent - 6));
  const above = center.y - frame.cellHeight / 2 - height - 8;
  const x = inside(center.x - width / 2, width, frame.width);
  const y = inside(above < 6 ? center.y + frame.cellHeight / 2 + 8 : above, height, frame.height);
  context.save();
  context.globalAlpha = progress;
  context.beginPath();
  context.roundRect(x, y, width, height, height / 2);
  context.fillStyle = unsure ? "rgba(230,230,230,0.92)" : "rgba(255,255,255,0.96)";
  context.fill();
  context.lineWidth = 2.5;
  context.strokeStyle = verdict === null ? "#555" : verdict ? COLORS.correct : COLORS.incorrect;
  context.stroke();
  write(context, short, x + (width - mark) / 2, y + height / 2, size, unsure ? "#555" : "#111", 700);
  if (verdict !== null) drawVerdict(context, x + width - size * 0.9, y + height / 2, size * 0.34, verdict);
  context.restore();
}

function drawVerdict(context, x, y, size, correct) {
  context.beginPath();
  if (correct) {
    context.moveTo(x - size, y);
    context.lineTo(x - size * 0.25, y + size * 0.75);
    context.lineTo(x + size, y - size * 0.8);
  } else {
    for (const lean of [-1, 1]) {
      context.moveTo(x - size * 0.8, y - lean * size * 0.8);
      context.lineTo(x + size * 0.8, y + lean * size * 0.8);
    }
  }
  context.strokeStyle = correct ? COLORS.correct : COLORS.incorrect;
  context.lineWidth = size * 0.55;
  context.stroke();
}
