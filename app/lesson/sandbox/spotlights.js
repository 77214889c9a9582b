// Pure: the visitor's spotlights. A spot is {amount, sigma, row, column}: amount 0..100, the rest in cells, where
// the middle of the first cell is 1, as in the model.

const STEP_CELLS = 0.25;
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const between = (low, value, high) => Math.min(high, Math.max(low, value));

// limits: {sigmaMin, sigmaMax}, the widths that the model itself can give.
function heldIn(spot, { rows, columns }, { sigmaMin, sigmaMax }) {
  return {
    amount: between(0, spot.amount, 100),
    sigma: between(sigmaMin, spot.sigma, sigmaMax),
    row: between(0.5, spot.row, rows + 0.5),
    column: between(0.5, spot.column, columns + 0.5),
  };
}

// Weights are shares: they sum to 1, as the model's do. With nothing anywhere all are alike.
function sharesOf(spots) {
  const whole = spots.reduce((sum, { amount }) => sum + amount, 0);
  return spots.map(({ amount }) => (whole > 0 ? amount / whole : 1 / spots.length));
}

// exp(-beta d^2) is a Gaussian of standard deviation 1 / sqrt(2 beta) cells
function gaussiansOf(spots) {
  const shares = sharesOf(spots);
  return spots.map(({ sigma, row, column }, place) => {
    return { weight: shares[place], beta: 1 / (2 * sigma ** 2), sigma, row, column };
  });
}

// The model's own Gaussians as spots; those that weigh next to nothing are left out.
function spotsOf(gaussians) {
  const spots = gaussians.map(([weight, beta, row, column]) => {
    return { amount: Math.round(100 * weight), sigma: 1 / Math.sqrt(2 * beta), row, column };
  });
  const heavy = spots.filter(({ amount }) => amount >= 5);
  return heavy.length ? heavy : spots;
}

// So many spots, alike and side by side, about the middle of the image.
function freshSpots(count, { rows, columns }) {
  return Array.from({ length: count }, (_, place) => {
    return { amount: 100, sigma: 2, row: (rows + 1) / 2, column: ((place + 0.5) * columns) / count + 0.5 };
  });
}

// A spot more, in the emptiest quarter, or the last one less.
function withCount(spots, count, view) {
  const kept = spots.slice(0, count);
  while (kept.length < count) kept.push({ amount: 100, sigma: 2, ...emptiest(kept, view) });
  return kept;
}

function emptiest(spots, { rows, columns }) {
  const corners = [0.3, 0.7].flatMap((down) => [0.3, 0.7].map((across) => [down * rows + 0.5, across * columns + 0.5]));
  const distance = ([row, column]) => Math.min(...spots.map((spot) => Math.hypot(spot.row - row, spot.column - column)));
  const [row, column] = corners.reduce((best, corner) => (distance(corner) > distance(best) ? corner : best));
  return { row, column };
}

// What an arrow key asks for, in cells, or null.
function moveOf({ key, shiftKey }) {
  const move = MOVES[key];
  return move ? move.map((way) => way * (shiftKey ? 1 : STEP_CELLS)) : null;
}

function cellUnder({ row, column }, { rows, columns }) {
  const place = (value, count) => between(1, Math.round(value), count) - 1;
  return place(row, rows) * columns + place(column, columns);
}
