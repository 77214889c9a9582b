// What came of a game: both walks over the whole image, and the figures.

function cellBox(cell, { rows, columns }, size) {
  const [width, height] = [size / columns, size / rows];
  return { x: (cell % columns) * width, y: Math.floor(cell / columns) * height, width, height };
}

// The glimpses of a walk and the path between them; those of other turns than the chosen one step back.
function drawWalk(canvas, image, turns, map, chosen) {
  const size = Math.floor(canvas.clientWidth);
  if (!size) return;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = canvas.height = Math.round(size * ratio);
  const context = canvas.getContext("2d");
  context.fontFamily = getComputedStyle(canvas).fontFamily;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.drawImage(image, 0, 0, size, size);
  const looks = turns.flatMap(([cells], turn) => cells.map((cell) => ({ cell, turn, box: cellBox(cell, map, size) })));
  const strength = (turn) => (chosen === null || chosen === turn ? 1 : 0.25);
  for (const [place, { turn, box }] of looks.entries()) {
    if (place === 0) continue;
    const from = looks[place - 1].box;
    context.globalAlpha = strength(turn);
    context.beginPath();
    context.moveTo(from.x + from.width / 2, from.y + from.height / 2);
    context.lineTo(box.x + box.width / 2, box.y + box.height / 2);
    strokeTwice(context, COLORS.overt, 2);
  }
  const numbers = new Map(); // cell -> the numbers of all glimpses at it
  for (const [place, { cell, turn, box }] of looks.entries()) {
    numbers.set(cell, [...(numbers.get(cell) ?? []), place + 1]);
    context.globalAlpha = strength(turn);
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    strokeTwice(context, COLORS.overt, 2);
    drawNumber(context, box.x, box.y, numbers.get(cell).join(" "));
  }
  context.globalAlpha = 1;
}

function made(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

const signOf = (right) => (right ? "\u2713" : "\u2717");

// One walk: its image, and its labels as switches that light up their own glimpses.
function walkFigure(walk, image, map, truth) {
  const figure = made("figure", "walk");
  const canvas = made("canvas", "seen");
  const rights = verdicts(walk.named, truth);
  const told = walk.named.map((label, place) => `${label} ${rights[place] ? "right" : "wrong"}`).join(", ") || "nothing";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${walk.name}: ${walk.glimpses} glimpses over the image; named ${told}.`);
  const chips = made("div", "chips");
  chips.setAttribute("role", "group");
  chips.setAttribute("aria-label", `${walk.name}: show the glimpses for one label`);
  let chosen = null;
  const draw = () => drawWalk(canvas, image, walk.turns, map, chosen);
  for (const [turn, [, label]] of walk.turns.entries()) {
    const chip = made("button", "chip", label === null ? "stop" : String(label));
    chip.type = "button";
    if (label !== null) chip.append(made("span", rights[turn] ? "sign right" : "sign wrong", signOf(rights[turn])));
    chip.setAttribute("aria-pressed", "false");
    chip.addEventListener("click", () => {
      chosen = chosen === turn ? null : turn;
      for (const [place, other] of [...chips.children].entries()) other.setAttribute("aria-pressed", place === chosen);
      draw();
    });
    chips.append(chip);
  }
  figure.append(made("figcaption", "", walk.name), canvas, chips);
  return { figure, draw };
}

function scoreRow(name, { right, glimpses, saliency }, named) {
  const row = made("tr", "");
  const head = made("th", "", name);
  head.scope = "row";
  const verdict = made("td", "");
  verdict.append(made("span", right ? "right" : "wrong", `${signOf(right)} ${right ? "right" : "wrong"}`));
  const figures = [named, String(glimpses), saliency === null ? "\u2013" : saliency.toFixed(2)];
  const cells = figures.map((text) => made("td", "", text));
  row.append(head, cells[0], verdict, ...cells.slice(1));
  return row;
}
