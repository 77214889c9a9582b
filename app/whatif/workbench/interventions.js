// Pure: what is done so far, and what the visitor's hand makes of it. Rows, columns and steps count from 0, as in
// hsal/tracing/interventions/schema.py; only centers of Gaussians count cells from 1.

const NARROWEST_CELLS = 0.3;
const WIDEST_CELLS = 8;

const held = (low, value, high) => Math.min(high, Math.max(low, value));

// The edit of a meta-step; an empty one where there is none.
function editAt(done, step) {
  const empty = { step, gaussians: [], paint: [], look: [], bar: [], blind: [], label: null, veto: [] };
  return done.edits.find((edit) => edit.step === step) ?? empty;
}

// What begins to hold at a meta-step; an empty rule where nothing does.
function ruleAt(done, step) {
  const empty = { step, covert: null, glimpses: null, inhibition: null, temperature: null, seed: 0 };
  return done.rules.find((rule) => rule.step === step) ?? empty;
}

// What the rules say at a meta-step; null where they say nothing.
function rulesAt(done, step) {
  const now = ruleAt({ rules: [] }, step);
  for (const rule of [...done.rules].sort((one, other) => one.step - other.step)) {
    if (rule.step > step) break;
    for (const name of ["covert", "glimpses", "inhibition"]) now[name] = rule[name] ?? now[name];
    if (rule.temperature !== null) [now.temperature, now.seed] = [rule.temperature, rule.seed];
  }
  return now;
}

function withLook(edit, glimpse, cell) {
  const look = Array.from({ length: Math.max(edit.look.length, glimpse + 1) }, (_, place) => edit.look[place] ?? null);
  look[glimpse] = cell;
  return look;
}

function withPaint(edit, [row, column], value) {
  return [...edit.paint.filter(([r, c]) => r !== row || c !== column), [row, column, value]];
}

// In the list or out of it, if it was in it.
function toggled(list, item) {
  const same = (other) => JSON.stringify(other) === JSON.stringify(item);
  return list.some(same) ? list.filter((other) => !same(other)) : [...list, item];
}

// A Gaussian {weight, sigma, row, column} kept to what can be.
function kept(gaussian, { rows, columns }) {
  const sigma = held(NARROWEST_CELLS, gaussian.sigma, WIDEST_CELLS);
  return {
    weight: held(0, gaussian.weight, 1), sigma, beta: 1 / (2 * sigma ** 2),
    row: held(0.5, gaussian.row, rows + 0.5), column: held(0.5, gaussian.column, columns + 0.5),
  };
}

// As the server wants them, with as many decimals as a hand can tell; weights are divided by their sum there.
function asNumbers(gaussians) {
  const short = (value) => Number(value.toFixed(3));
  return gaussians.map(({ weight, beta, row, column }) => [weight, beta, row, column].map(short));
}

function maskOf(gaussians, { rows, columns }) {
  const whole = gaussians.reduce((sum, { weight }) => sum + weight, 0) || 1;
  return Array.from({ length: rows * columns }, (_, cell) => {
    const [row, column] = [Math.floor(cell / columns) + 1, (cell % columns) + 1];
    const height = (one) => one.weight * Math.exp(-one.beta * ((one.row - row) ** 2 + (one.column - column) ** 2));
    return gaussians.reduce((sum, one) => sum + height(one) / whole, 0);
  });
}

// Two corners in shares of the image -> top, left, bottom, right in pixels, at least one wide.
function boxOf(one, other, { width, height }) {
  const pixels = (low, high, size) => {
    const start = held(0, Math.floor(Math.min(low, high) * size), size - 1);
    return [start, held(start + 1, Math.ceil(Math.max(low, high) * size), size)];
  };
  const [top, bottom] = pixels(one.down, other.down, height);
  const [left, right] = pixels(one.across, other.across, width);
  return [top, left, bottom, right];
}

// What will be done once the server has heard a wish: the next one builds on it, and an answer to an earlier one
// does not take it back on the screen.
function afterWish(done, { step, edit, rule, hidden, saliency }) {
  if (hidden !== undefined) return { ...done, hidden };
  if (saliency !== undefined) return { ...done, saliency };
  const [kind, changes, at] = edit ? ["edits", edit, editAt] : ["rules", rule, ruleAt];
  const empty = at({ [kind]: [] }, step);
  const told = Object.entries(changes).map(([name, value]) => [name, value ?? empty[name]]);
  const others = done[kind].filter((other) => other.step !== step);
  return { ...done, [kind]: [...others, { ...at(done, step), ...Object.fromEntries(told) }] };
}
