// Pure functions of interventions and Gaussians. Rows, columns and meta-steps count from 0, as in
// hsal/tracing/interventions/schema.py; only centers of Gaussians count cells from 1.

const MIN_SIGMA_CELLS = 0.3;
const MAX_SIGMA_CELLS = 8; // or half of a larger map

const clamp = (low, value, high) => Math.min(high, Math.max(low, value));

// The edit of a meta-step, or an empty one.
function editAt(interventions, step) {
  const empty = { step, gaussians: [], paint: [], look: [], bar: [], blind: [], label: null, veto: [] };
  return interventions.edits.find((edit) => edit.step === step) ?? empty;
}

// The rule that starts at a meta-step, or an empty one.
function ruleAt(interventions, step) {
  const empty = { step, covert: null, glimpses: null, inhibition: null, temperature: null, seed: 0 };
  return interventions.rules.find((rule) => rule.step === step) ?? empty;
}

// The values that all rules together set at a meta-step; null where they set none.
function rulesAt(interventions, step) {
  const values = ruleAt({ rules: [] }, step);
  for (const rule of [...interventions.rules].sort((first, second) => first.step - second.step)) {
    if (rule.step > step) break;
    for (const name of ["covert", "glimpses", "inhibition"]) values[name] = rule[name] ?? values[name];
    if (rule.temperature !== null) [values.temperature, values.seed] = [rule.temperature, rule.seed];
  }
  return values;
}

// The cells of an edit's glimpses, with one of them set.
function withGlimpse({ look }, glimpse, cell) {
  const cells = Array.from({ length: Math.max(look.length, glimpse + 1) }, (_, index) => look[index] ?? null);
  cells[glimpse] = cell;
  return cells;
}

// The edit's painted cells, with one more, and with its neighbors if the brush is wider than one cell.
function withBrush(edit, [row, column], value, { rows, columns }, reach) {
  let { paint } = edit;
  for (let r = Math.max(0, row - reach); r <= Math.min(rows - 1, row + reach); r += 1) {
    for (let c = Math.max(0, column - reach); c <= Math.min(columns - 1, column + reach); c += 1) {
      paint = withPaint({ paint }, [r, c], value);
    }
  }
  return paint;
}

function maxSigma({ rows, columns }) {
  return Math.max(MAX_SIGMA_CELLS, rows / 2, columns / 2);
}

function withPaint({ paint }, [row, column], value) {
  return [...paint.filter(([r, c]) => r !== row || c !== column), [row, column, value]];
}

// The list without the item, or with it if it was not there.
function toggled(list, item) {
  const equal = (other) => JSON.stringify(other) === JSON.stringify(item);
  return list.some(equal) ? list.filter((other) => !equal(other)) : [...list, item];
}

// A Gaussian {weight, sigma, row, column} within its limits, with its beta.
function clampGaussian(gaussian, { rows, columns }) {
  const sigma = clamp(MIN_SIGMA_CELLS, gaussian.sigma, maxSigma({ rows, columns }));
  return {
    weight: clamp(0, gaussian.weight, 1), sigma, beta: 1 / (2 * sigma ** 2),
    row: clamp(0.5, gaussian.row, rows + 0.5), column: clamp(0.5, gaussian.column, columns + 0.5),
  };
}

// With three decimals, so that links stay short; the server divides the weights by their sum.
function gaussiansRequest(gaussians) {
  const rounded = (value) => Number(value.toFixed(3));
  const values = gaussians.map(({ weight, beta, row, column }) => [weight, beta, row, column].map(rounded));
  return { edit: { gaussians: values } };
}

function maskOf(gaussians, { rows, columns }) {
  const sum = gaussians.reduce((total, { weight }) => total + weight, 0) || 1;
  return Array.from({ length: rows * columns }, (_, cell) => {
    const [row, column] = [Math.floor(cell / columns) + 1, (cell % columns) + 1];
    const height = (one) => one.weight * Math.exp(-one.beta * ((one.row - row) ** 2 + (one.column - column) ** 2));
    return gaussians.reduce((total, gaussian) => total + height(gaussian) / sum, 0);
  });
}

// Two corners in shares of the image -> top, left, bottom, right in pixels, at least one pixel wide and high.
function boxOf(first, second, { width, height }) {
  const pixels = (low, high, size) => {
    const start = clamp(0, Math.floor(Math.min(low, high) * size), size - 1);
    return [start, clamp(start + 1, Math.ceil(Math.max(low, high) * size), size)];
  };
  const [top, bottom] = pixels(first.down, second.down, height);
  const [left, right] = pixels(first.across, second.across, width);
  return [top, left, bottom, right];
}

// The same as app.whatif.requests.apply_request: the next request builds on the result before the server answers, and
// the answer to an earlier request does not revert a later one on the screen.
function applyRequest(interventions, { step, edit, rule, hidden, saliency }) {
  if (hidden !== undefined) return { ...interventions, hidden };
  if (saliency !== undefined) return { ...interventions, saliency };
  const [kind, values, at] = edit ? ["edits", edit, editAt] : ["rules", rule, ruleAt];
  const empty = at({ [kind]: [] }, step);
  const given = Object.entries(values).map(([name, value]) => [name, value ?? empty[name]]);
  const others = interventions[kind].filter((other) => other.step !== step);
  return { ...interventions, [kind]: [...others, { ...at(interventions, step), ...Object.fromEntries(given) }] };
}
