// Pure: densities over the photo on a grid of cells, row after row, scaled to their maximum.

// base64 -> a byte per cell and fixation
function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

// {values: 0..1 per cell, high: the maximum as a multiple of the uniform density} of one prediction; null without one
function predictedAt({ rows, columns, people }, person, fixation) {
  const size = rows * columns;
  const { bytes, peaks } = people[person] ?? { peaks: [] };
  if (peaks[fixation] == null) return null;
  const levels = bytes.subarray(fixation * size, (fixation + 1) * size);
  return { rows, columns, values: Array.from(levels, (level) => level / 255), high: peaks[fixation] };
}

// The mean of all predictions for these people's fixations up to and including `fixation`; null without any.
function meanPrediction(next, persons, fixation) {
  const sums = new Array(next.rows * next.columns).fill(0);
  let count = 0;
  for (const person of persons) {
    for (let at = 0; at <= fixation; at += 1) {
      const one = predictedAt(next, person, at);
      if (!one) continue;
      count += 1;
      for (const [cell, value] of one.values.entries()) sums[cell] += value * one.high;
    }
  }
  return count ? scaled(next, sums.map((sum) => sum / count)) : null;
}

// A Gaussian around each of the points [x, y], `blur` pixels wide.
function densityAround(points, grid, { width, height, blur }) {
  const [cellWidth, cellHeight] = [width / grid.columns, height / grid.rows];
  const sums = new Array(grid.rows * grid.columns).fill(0);
  for (const [x, y] of points) {
    for (let cell = 0; cell < sums.length; cell += 1) {
      const across = (cell % grid.columns + 0.5) * cellWidth - x - 0.5;
      const down = (Math.floor(cell / grid.columns) + 0.5) * cellHeight - y - 0.5;
      sums[cell] += Math.exp(-(across ** 2 + down ** 2) / (2 * blur ** 2));
    }
  }
  const mean = sums.reduce((sum, value) => sum + value, 0) / sums.length;
  return mean > 0 ? scaled(grid, sums.map((value) => value / mean)) : null;
}

function scaled({ rows, columns }, multiples) {
  const high = multiples.reduce((most, value) => Math.max(most, value), 0);
  return { rows, columns, values: multiples.map((value) => value / high), high };
}

// How many of the guesses lie within `near` pixels of one of the points.
function countNear(guesses, points, near) {
  return guesses.filter(([x, y]) => points.some((point) => Math.hypot(point[0] - x, point[1] - y) <= near)).length;
}
