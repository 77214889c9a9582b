// Pure: the visitor's spotlights {strength, sigma, row, column}. Strength is 0..100, the rest is in cells; the
// center of the first cell is 1, as in the model.

const STEP_CELLS = 0.25;
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const between = (low, value, high) => Math.min(high, Math.max(low, value));

// limits: {sigmaMin, sigmaMax}, the narrowest and widest Gaussian of the model.
function clamped(spotlight, { rows, columns }, { sigmaMin, sigmaMax }) {
  return {
    strength: between(0, spotlight.strength, 100),
    sigma: between(sigmaMin, spotlight.sigma, sigmaMax),
    row: between(0.5, spotlight.row, rows + 0.5),
    column: between(0.5, spotlight.column, columns + 0.5),
  };
}

// Weights that sum to 1, as in the model; equal if all strengths are 0.
function weightsOf(spotlights) {
  const total = spotlights.reduce((sum, { strength }) => sum + strength, 0);
  return spotlights.map(({ strength }) => (total > 0 ? strength / total : 1 / spotlights.length));
}

// exp(-beta d^2) is a Gaussian of standard deviation 1 / sqrt(2 beta) cells
function gaussiansOf(spotlights) {
  const weights = weightsOf(spotlights);
  return spotlights.map(({ sigma, row, column }, index) => {
    return { weight: weights[index], beta: 1 / (2 * sigma ** 2), sigma, row, column };
  });
}

// The model's Gaussians as spotlights, without those of almost no weight.
function spotlightsOf(gaussians) {
  const spotlights = gaussians.map(([weight, beta, row, column]) => {
    return { strength: Math.round(100 * weight), sigma: 1 / Math.sqrt(2 * beta), row, column };
  });
  const heavy = spotlights.filter(({ strength }) => strength >= 5);
  return heavy.length ? heavy : spotlights;
}

// `count` equal spotlights side by side, around the center of the image.
function initialSpotlights(count, { rows, columns }) {
  return Array.from({ length: count }, (_, index) => {
    return { strength: 100, sigma: 2, row: (rows + 1) / 2, column: ((index + 0.5) * columns) / count + 0.5 };
  });
}

// Adds spotlights in the emptiest corner, or removes the last ones, until there are `count`.
function resized(spotlights, count, view) {
  const result = spotlights.slice(0, count);
  while (result.length < count) result.push({ strength: 100, sigma: 2, ...emptiestCorner(result, view) });
  return result;
}

function emptiestCorner(spotlights, { rows, columns }) {
  const corners = [0.3, 0.7].flatMap((down) => [0.3, 0.7].map((across) => [down * rows + 0.5, across * columns + 0.5]));
  const distance = ([row, column]) =>
    Math.min(...spotlights.map((spotlight) => Math.hypot(spotlight.row - row, spotlight.column - column)));
  const [row, column] = corners.reduce((best, corner) => (distance(corner) > distance(best) ? corner : best));
  return { row, column };
}

// The movement of an arrow key in cells [rows, columns]; null for other keys.
function arrowStep({ key, shiftKey }) {
  const move = MOVES[key];
  return move ? move.map((direction) => direction * (shiftKey ? 1 : STEP_CELLS)) : null;
}

function cellAt({ row, column }, { rows, columns }) {
  const indexOf = (value, count) => between(1, Math.round(value), count) - 1;
  return indexOf(row, rows) * columns + indexOf(column, columns);
}
