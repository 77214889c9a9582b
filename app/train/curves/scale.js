// Pure: ranges, ticks and number formats. Nothing here draws.

// The smallest and largest y within [from, to] along x, over all lines; null if there is no point.
function rangeOf(lines, from, to, log, also) {
  let low = Infinity;
  let high = -Infinity;
  for (const { x, y } of lines) {
    for (let place = 0; place < x.length; place += 1) {
      if (x[place] < from || x[place] > to || (log && y[place] <= 0)) continue;
      low = Math.min(low, y[place]);
      high = Math.max(high, y[place]);
    }
  }
  if (low > high) return null;
  if (also !== null && !(log && also <= 0)) {
    low = Math.min(low, also);
    high = Math.max(high, also);
  }
  return log ? [low / 1.15, high * 1.15] : padded(low, high);
}

// Adds a margin on both sides; the lower end of non-negative values near 0 is 0.
function padded(low, high) {
  const margin = (high - low || Math.abs(high) || 1) * 0.06;
  const floor = low >= 0 && low <= (high - low) * 0.5 ? 0 : low - margin;
  return [floor, high + margin];
}

// Round numbers within [low, high], about `count` of them.
function ticksOf(low, high, count, log) {
  if (log && high / low > 4) return decades(low, high);
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
  const ticks = [];
  for (let place = Math.ceil(low / step); place * step <= high * (1 + 1e-9) || place * step <= high; place += 1) {
    ticks.push(Number((place * step).toPrecision(12)));
  }
  return ticks;
}

function decades(low, high) {
  const factors = high / low > 100 ? [1] : [1, 2, 5];
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
    ticks.push(...factors.map((factor) => factor * 10 ** power).filter((value) => value >= low && value <= high));
  }
  return ticks;
}

// Three significant digits without trailing zeros.
function readable(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en");
  if (size < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

// Index of the entry nearest to `wanted`; the numbers are ascending.
function nearest(numbers, wanted) {
  let low = 0;
  let high = numbers.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < wanted) low = middle;
    else high = middle;
  }
  return wanted - numbers[low] < numbers[high] - wanted ? low : high;
}
