// The numbers beside the image. Texts of the trace are only set as textContent.

function element(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

// A tick or a cross, so that the verdict is not shown by color alone.
function verdictSign(correct) {
  const sign = element("span", correct ? "sign correct" : "sign incorrect", correct ? "\u2713" : "\u2717");
  sign.setAttribute("role", "img");
  sign.setAttribute("aria-label", correct ? "correct" : "incorrect");
  return sign;
}

// The latest moment up to and including `now` for which `wanted` is true; null if there is none.
function latest(moments, now, wanted) {
  return moments.slice(0, now + 1).findLast(wanted) ?? null;
}

class Panels {
  constructor(root) {
    this.part = (name) => root.querySelector(`.${name}`);
    this.grid = this.part("grid");
    this.labels = new Labels(root);
  }

  load(trace, moments) {
    this.trace = trace;
    this.moments = moments;
    this.labels.load(trace, moments);
    this.buildTable();
    this.part("rewards").hidden = trace.free; // fixations are learned without rewards
  }

  buildTable() {
    const count = Math.max(...this.trace.steps.map(({ gaussians }) => gaussians.length));
    this.rows = Array.from({ length: count }, (_, index) => {
      const row = element("tr", "");
      const head = element("th", "ordinal", String(index + 1));
      head.scope = "row";
      const numbers = [0, 1, 2, 3].map(() => element("td", ""));
      row.append(head, ...numbers);
      return { row, numbers };
    });
    this.part("mixture").querySelector("tbody").replaceChildren(...this.rows.map(({ row }) => row));
  }

  show(now) {
    const moment = this.moments[now];
    const glimpsed = latest(this.moments, now, ({ kind }) => kind === "glimpse");
    this.showLocations(moment, glimpsed);
    this.showReward(moment);
    this.showMixture(moment);
    this.labels.show(now);
  }

  fade(name, muted) {
    this.part(name).classList.toggle("muted", muted);
  }

  showLocations(moment, glimpsed) {
    const broad = moment.kind === "broad";
    const title = broad ? "Broad-glimpse weights" : "Location probabilities";
    this.part("locations").querySelector("h2").textContent = title;
    this.fade("locations", !broad && moment.kind !== "glimpse");
    const caption = this.part("locations").querySelector("figcaption");
    if (!broad && !glimpsed) {
      caption.textContent = "available from the first glimpse on";
      return this.drawGrid(null, null, null);
    }
    const shown = broad ? moment : glimpsed;
    const step = this.trace.steps[shown.step];
    const values = broad ? step.broadWeights : step.glimpses[shown.glimpse].probabilities;
    const cell = broad ? peakOf(values) : glimpsedCell(this.trace, shown);
    const which = broad ? "highest" : `glimpse ${shown.step + 1}.${shown.glimpse + 1}`;
    caption.textContent = `${which}: ${cellName(this.trace, cell)}, ${percent(values[cell])}`;
    return this.drawGrid(values, broad ? null : cell, broad ? COLORS.covert : this.ink);
  }

  drawGrid(values, chosen, color) {
    const wanted = [this.trace, values, chosen, color, this.ink];
    if (wanted.every((part, index) => part === this.drawn?.[index])) return;
    this.drawn = wanted;
    const { rows, columns } = this.trace;
    const size = Math.max(1, Math.floor(264 / Math.max(rows, columns)));
    const context = this.grid.getContext("2d");
    [this.grid.width, this.grid.height] = [columns * size + 8, rows * size + 8];
    const highest = values ? values[peakOf(values)] : 1;
    for (let cell = 0; cell < rows * columns; cell += 1) {
      const [x, y] = [4 + (cell % columns) * size, 4 + Math.floor(cell / columns) * size];
      const share = values ? values[cell] / highest : 0;
      context.fillStyle = translucent(color ?? this.ink, 0.06 + 0.84 * share);
      const gap = size > 8 ? 2 : 0;
      context.fillRect(x, y, size - gap, size - gap);
    }
    if (chosen === null) return;
    context.strokeStyle = COLORS.overt;
    context.lineWidth = 6;
    context.strokeRect(2 + (chosen % columns) * size, 2 + Math.floor(chosen / columns) * size, size + 2, size + 2);
  }

  showReward(moment) {
    const step = this.trace.steps[moment.step];
    const at = moment.kind === "glimpse" ? step.glimpses[moment.glimpse] : moment.kind === "label" ? step : null;
    this.fade("rewards", at === null);
    this.part("value").textContent = at ? decimal(at.value) : "\u2013";
    this.part("reason").textContent = "at glimpses and labels";
    this.part("reward").textContent = "\u2013";
    if (moment.kind === "glimpse") {
      this.part("reward").textContent = decimal(at.reward);
      this.part("reason").textContent = "the priority of the cell";
    } else if (moment.kind === "label") this.showVerdict(step);
  }

  showVerdict(step) {
    const verdict = verdictOf(step);
    this.part("reason").textContent = "true labels unknown";
    if (verdict === null) return;
    this.part("reward").textContent = verdict ? "+1" : "\u22121";
    this.part("reward").append(verdictSign(verdict));
    this.part("reason").textContent = verdict ? "the label is correct" : "the label is incorrect";
  }

  showMixture(moment) {
    this.fade("mixture", !["mask", "broad"].includes(moment.kind));
    const { gaussians } = this.trace.steps[moment.step];
    for (const [index, { numbers }] of this.rows.entries()) {
      const { weight, sigma, row, column } = gaussians[index] ?? {};
      const texts = [weight, sigma, row, column].map((number) => (number === undefined ? "\u2013" : decimal(number)));
      for (const [which, cell] of numbers.entries()) cell.textContent = texts[which];
    }
  }
}
