// The outcome of a game: the scanpaths of both players over the whole image, and their scores.

function cellBox(cell, { rows, columns }, size) {
  const [width, height] = [size / columns, size / rows];
  return { x: (cell % columns) * width, y: Math.floor(cell / columns) * height, width, height };
}

// Draws the glimpses of a player and the path between them; if a turn is selected, the others fade.
function drawScanpath(canvas, image, turns, map, selected) {
  const size = Math.floor(canvas.clientWidth);
  if (!size) return;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = canvas.height = Math.round(size * ratio);
  const context = canvas.getContext("2d");
  context.fontFamily = getComputedStyle(canvas).fontFamily;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.drawImage(image, 0, 0, size, size);
  const glimpses = turns.flatMap(([cells], turn) =>
    cells.map((cell) => ({ cell, turn, box: cellBox(cell, map, size) })));
  const alpha = (turn) => (selected === null || selected === turn ? 1 : 0.25);
  for (const [index, { turn, box }] of glimpses.entries()) {
    if (index === 0) continue;
    const from = glimpses[index - 1].box;
    context.globalAlpha = alpha(turn);
    context.beginPath();
    context.moveTo(from.x + from.width / 2, from.y + from.height / 2);
    context.lineTo(box.x + box.width / 2, box.y + box.height / 2);
    strokeTwice(context, COLORS.overt, 2);
  }
  const numbers = new Map(); // cell -> the numbers of all glimpses at it
  for (const [index, { cell, turn, box }] of glimpses.entries()) {
    numbers.set(cell, [...(numbers.get(cell) ?? []), index + 1]);
    context.globalAlpha = alpha(turn);
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    strokeTwice(context, COLORS.overt, 2);
    drawNumber(context, box.x, box.y, numbers.get(cell).join(" "));
  }
  context.globalAlpha = 1;
}

function newElement(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

const signOf = (correct) => (correct ? "\u2713" : "\u2717");

// "8 counted glimpses (2 more before stop)": glimpses before stop are drawn, but do not count.
function glimpsesPhrase({ glimpses, turns }) {
  const more = turns.reduce((sum, [cells]) => sum + cells.length, 0) - glimpses;
  const counted = `${glimpses} counted ${glimpses === 1 ? "glimpse" : "glimpses"}`;
  return more > 0 ? `${counted} (${more} more before stop)` : counted;
}

// The scanpath of a player, with its labels as buttons that emphasize their glimpses.
function playerFigure(player, image, map, truth) {
  const figure = newElement("figure", "player");
  const canvas = newElement("canvas", "seen");
  const correct = verdicts(player.labels, truth);
  const verdictWord = (index) => (correct[index] ? "correct" : "incorrect");
  const labels = player.labels.map((label, index) => `${label} ${verdictWord(index)}`).join(", ") || "nothing";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${player.name}: ${glimpsesPhrase(player)}; named ${labels}.`);
  const chips = newElement("div", "chips");
  chips.setAttribute("role", "group");
  chips.setAttribute("aria-label", `${player.name}: show the glimpses of one label`);
  let selected = null;
  const draw = () => drawScanpath(canvas, image, player.turns, map, selected);
  for (const [turn, [, label]] of player.turns.entries()) {
    const chip = newElement("button", "chip", label === null ? "stop" : String(label));
    chip.type = "button";
    if (label !== null) chip.append(newElement("span", `sign ${verdictWord(turn)}`, signOf(correct[turn])));
    chip.setAttribute("aria-pressed", "false");
    chip.addEventListener("click", () => {
      selected = selected === turn ? null : turn;
      for (const [index, other] of [...chips.children].entries()) {
        other.setAttribute("aria-pressed", index === selected);
      }
      draw();
    });
    chips.append(chip);
  }
  figure.append(newElement("figcaption", "", player.name), canvas, chips);
  return { figure, draw };
}

function scoreRow(name, { exact, glimpses, saliency }, labels) {
  const row = newElement("tr", "");
  const head = newElement("th", "", name);
  head.scope = "row";
  const verdict = newElement("td", "");
  verdict.append(newElement("span", exact ? "correct" : "incorrect", `${signOf(exact)} ${exact ? "yes" : "no"}`));
  const figures = [labels, String(glimpses), saliency === null ? "\u2013" : saliency.toFixed(2)];
  const cells = figures.map((text) => newElement("td", "", text));
  row.append(head, cells[0], verdict, ...cells.slice(1));
  return row;
}
