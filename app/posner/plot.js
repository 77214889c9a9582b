// The results as an image: a dot an answer, and for each condition the median with its interval.

const SVG = "http://www.w3.org/2000/svg";
const PLOT = { width: 640, left: 78, right: 16, row: 58, bottom: 44 };

function drawn(name, attributes, text = "") {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.textContent = text;
  return node;
}

// Round ends and steps of an axis that holds all times.
function axisOf(times) {
  const low = Math.floor((Math.min(...times) - 20) / 50) * 50;
  const high = Math.ceil((Math.max(...times) + 20) / 50) * 50;
  const step = [50, 100, 200, 500].find((one) => (high - low) / one <= 8) ?? 500;
  const ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) ticks.push(tick);
  return { low, high, ticks };
}

// found: of sumUp. Returns an svg element with a text alternative, or null where there is no answer to draw.
function plotOf(found, described) {
  const times = Object.values(found.lists).flat();
  if (times.length === 0) return null;
  const { low, high, ticks } = axisOf(times);
  const { width, left, right, row, bottom } = PLOT;
  const height = CONDITIONS.length * row + bottom;
  const across = (time) => left + ((time - low) / (high - low)) * (width - left - right);
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": described, class: "plot" });
  const ground = CONDITIONS.length * row;
  for (const tick of ticks) {
    svg.append(drawn("line", { x1: across(tick), x2: across(tick), y1: 0, y2: ground, class: "rule" }));
    svg.append(drawn("text", { x: across(tick), y: ground + 18, "text-anchor": "middle" }, String(tick)));
  }
  const title = { x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle" };
  svg.append(drawn("text", title, "reaction time, ms"));
  for (const [place, condition] of CONDITIONS.entries()) {
    drawCondition(svg, condition, found, place * row + row / 2, across);
  }
  return svg;
}

function drawCondition(svg, condition, found, middle, across) {
  svg.append(drawn("text", { x: 0, y: middle + 4, class: "name" }, condition));
  for (const [place, time] of found.lists[condition].entries()) {
    const y = middle + 8 + ((place * 5) % 12); // dots of like times lie beside one another
    svg.append(drawn("circle", { cx: across(time), cy: y, r: 3.2, class: `answer ${condition}` }));
  }
  const middleTime = found.medians[condition];
  if (!middleTime) return;
  const { value, low, high } = middleTime;
  if (low !== null) {
    svg.append(drawn("line", { x1: across(low), x2: across(high), y1: middle - 8, y2: middle - 8, class: "interval" }));
  }
  svg.append(drawn("circle", { cx: across(value), cy: middle - 8, r: 6, class: `median ${condition}` }));
}
