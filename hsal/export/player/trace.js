// Pure: reads a trace's JSON, lists its moments, and formats its numbers. Nothing here draws.

const COVERT_KINDS = ["saliency", "mask", "priority", "broad"];
const UNSURE = 0.2; // as in hsal/tracing/schema.py: a label of a photo with a lower probability is unsure

function readTrace(raw) {
  const [rows, columns] = raw.steps[0].saliency.shape;
  const [height, width, channels = 1] = raw.image.shape; // a gray image has no channel dimension
  const { image_sha256: image, weights, saliency } = raw.source;
  return {
    // Traces with the same identity are the same to the visitor, so the player stays at its moment.
    identity: JSON.stringify([image, weights, saliency, raw.interventions ?? {}, raw.steps.length]),
    image: { height, width, channels, data: raw.image.data, webp: raw.image.webp }, // a large photo is a WebP file
    free: raw.viewing === "free", // free viewing of a photo, rather than naming objects
    withheld: raw.withheld, // why labels are not shown, or the empty string
    rows,
    columns,
    names: raw.class_names,
    stop: raw.class_names.length - 1,
    truth: raw.truth,
    steps: raw.steps.map(readStep),
  };
}

function readStep(raw) {
  const gaussians = [];
  for (let start = 0; start < raw.gaussians.data.length; start += 4) {
    const [weight, beta, row, column] = raw.gaussians.data.slice(start, start + 4);
    // exp(-beta d^2) is a Gaussian of standard deviation 1 / sqrt(2 beta) cells
    gaussians.push({ weight, beta, sigma: 1 / Math.sqrt(2 * beta), row, column });
  }
  return {
    saliency: raw.saliency.data,
    nextSaliency: raw.next_saliency.data,
    mask: raw.mask.data,
    priority: raw.priority.data,
    broadWeights: raw.broad_weights.data,
    gaussians,
    glimpses: raw.glimpses.map((glimpse) => ({ ...glimpse, probabilities: glimpse.probabilities.data })),
    classes: raw.class_probabilities.data,
    label: raw.label,
    value: raw.value,
    reward: raw.reward,
  };
}

// Every moment in order: {kind, step, glimpse, tone}; glimpse is null unless the moment is a glimpse.
function momentsOf(trace) {
  const moments = [];
  for (const [step, record] of trace.steps.entries()) {
    for (const kind of COVERT_KINDS) moments.push({ kind, step, glimpse: null, tone: "covert" });
    for (const glimpse of record.glimpses.keys()) moments.push({ kind: "glimpse", step, glimpse, tone: "overt" });
    if (!trace.withheld) moments.push({ kind: "label", step, glimpse: null, tone: "overt" });
    if (record.label === trace.stop) break; // no step follows stop, so there is no inhibition
    moments.push({ kind: "inhibition", step, glimpse: null, tone: "inhibition" });
  }
  return moments;
}

// The true labels not yet predicted before meta-step `step`; null if the truth is unknown.
function remainingLabels(trace, step) {
  if (trace.truth === null) return null;
  const remaining = [...trace.truth];
  for (const { label } of trace.steps.slice(0, step)) {
    const index = remaining.indexOf(label);
    if (index >= 0) remaining.splice(index, 1);
  }
  return remaining;
}

// true: correct; false: incorrect; null: the truth is unknown
function verdictOf(step) {
  return step.reward === null ? null : step.reward > 0;
}

// Whether a label with this probability is only a guess; where objects are named, every label is an answer.
function isUnsure(trace, probability) {
  return trace.free && probability < UNSURE;
}

function peakOf(values) {
  let peak = 0;
  for (let cell = 1; cell < values.length; cell += 1) if (values[cell] > values[peak]) peak = cell;
  return peak;
}

function total(values) {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

// Two decimals with a minus sign (U+2212); a positive value that would round to 0.00 is "<0.01".
function decimal(value) {
  if (value > 0 && value < 0.005) return "<0.01";
  const text = Math.abs(value).toFixed(2);
  return value < 0 && Number(text) > 0 ? `\u2212${text}` : text;
}

function percent(share) {
  if (share > 0 && share < 0.005) return "<1%";
  if (share < 1 && share > 0.995) return ">99%";
  return `${Math.round(share * 100)}%`;
}

// In texts, rows and columns count from 1, from the top and from the left.
function cellName(trace, cell) {
  return `row\u00a0${Math.floor(cell / trace.columns) + 1}, column\u00a0${(cell % trace.columns) + 1}`;
}

function glimpsedCell(trace, moment) {
  const [row, column] = trace.steps[moment.step].glimpses[moment.glimpse].cell;
  return row * trace.columns + column;
}
