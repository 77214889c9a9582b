// Plot of the results: one dot per response, and the median of each condition with its interval.

const SVG = "http://www.w3.org/2000/svg";
const PLOT = { width: 640, left: 78, right: 16, row: 58, bottom: 44 };

function svgElement(name, attributes, text = "") {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.textContent = text;
  return node;
}

// Limits and ticks of an axis for all times, at round numbers.
function axisOf(times) {
  const low = Math.floor((Math.min(...times) - 20) / 50) * 50;
  const high = Math.ceil((Math.max(...times) + 20) / 50) * 50;
  const step = [50, 100, 200, 500].find((one) => (high - low) / one <= 8) ?? 500;
  const ticks = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) ticks.push(tick);
  return { low, high, ticks };
}

// results: from summarize. Returns an svg element with a text alternative, or null without responses.
function plotOf(results, description) {
  const times = Object.values(results.lists).flat();
  if (times.length === 0) return null;
  const { low, high, ticks } = axisOf(times);
  const { width, left, right, row, bottom } = PLOT;
  const height = CONDITIONS.length * row + bottom;
  const across = (time) => left + ((time - low) / (high - low)) * (width - left - right);
  const viewBox = `0 0 ${width} ${height}`;
  const svg = svgElement("svg", { viewBox, role: "img", "aria-label": description, class: "plot" });
  const axisY = CONDITIONS.length * row;
  for (const tick of ticks) {
    svg.append(svgElement("line", { x1: across(tick), x2: across(tick), y1: 0, y2: axisY, class: "rule" }));
    svg.append(svgElement("text", { x: across(tick), y: axisY + 18, "text-anchor": "middle" }, String(tick)));
  }
  const title = { x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle" };
  svg.append(svgElement("text", title, "reaction time, ms"));
  for (const [index, condition] of CONDITIONS.entries()) {
    drawCondition(svg, condition, results, index * row + row / 2, across);
  }
  return svg;
}

function drawCondition(svg, condition, results, middle, across) {
  svg.append(svgElement("text", { x: 0, y: middle + 4, class: "name" }, condition));
  for (const [index, time] of results.lists[condition].entries()) {
    const y = middle + 8 + ((index * 5) % 12); // dots of similar times do not overlap
    svg.append(svgElement("circle", { cx: across(time), cy: y, r: 3.2, class: `response ${condition}` }));
  }
  const estimate = results.medians[condition];
  if (!estimate) return;
  const { value, low, high } = estimate;
  if (low !== null) {
    const y = middle - 8;
    svg.append(svgElement("line", { x1: across(low), x2: across(high), y1: y, y2: y, class: "interval" }));
  }
  svg.append(svgElement("circle", { cx: across(value), cy: middle - 8, r: 6, class: `median ${condition}` }));
}
