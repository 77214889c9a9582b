// The numbers beside the image, and the predicted labels so far. Texts of the trace are only set as textContent.

const MAX_BARS = 12;

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
  }

  load(trace, moments) {
    this.trace = trace;
    this.moments = moments;
    this.buildChips();
    this.buildBars();
    this.buildTable();
    const truth = trace.truth?.map((label) => trace.names[label]);
    this.part("truth").textContent = truth ? `In the image: ${truth.join(" ") || "nothing"}` : "";
  }

  // All chips exist from the start and are only hidden, so that the page layout does not shift.
  buildChips() {
    const { names, steps, stop } = this.trace;
    const labeled = steps.filter(({ label }) => label !== stop);
    const chips = labeled.map((step) => {
      const chip = element("li", "chip", names[step.label]);
      if (verdictOf(step) !== null) chip.append(verdictSign(verdictOf(step)));
      return chip;
    });
    this.chips = chips;
    this.nothing = element("li", "nothing note", "nothing yet");
    this.part("chips").replaceChildren(this.nothing, ...chips);
  }

  buildBars() {
    const count = Math.min(this.trace.names.length, MAX_BARS);
    this.bars = Array.from({ length: count }, () => {
      const row = element("li", "bar");
      const [name, rail, fill, share] = ["name", "rail", "fill", "share"].map((part) => element("span", part));
      rail.append(fill);
      row.append(name, rail, share);
      return { row, name, fill, share };
    });
    this.part("bars").replaceChildren(...this.bars.map(({ row }) => row));
    const others = this.trace.names.length - count;
    this.part("rest").textContent = others ? `the ${count} most probable classes; ${others} more are not shown` : "";
    this.part("rest").hidden = !others;
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
    const predicted = latest(this.moments, now, ({ kind }) => kind === "label");
    this.showLocations(moment, glimpsed);
    this.showReward(moment);
    this.showClasses(moment, predicted);
    this.showMixture(moment);
    const count = this.moments.slice(0, now + 1).filter(({ kind }) => kind === "label").length;
    for (const [index, chip] of this.chips.entries()) chip.classList.toggle("hidden", index >= count);
    this.nothing.classList.toggle("hidden", count > 0 && this.chips.length > 0);
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

  showClasses(moment, predicted) {
    this.fade("classes", moment.kind !== "label");
    const step = predicted && this.trace.steps[predicted.step];
    const order = this.barOrder(step);
    for (const [index, { row, name, fill, share }] of this.bars.entries()) {
      const label = order[index];
      const probability = step ? step.classes[label] : 0;
      name.textContent = this.trace.names[label];
      fill.style.width = `${100 * probability}%`;
      share.textContent = step ? percent(probability) : "\u2013";
      row.classList.toggle("chosen", step?.label === label);
      row.setAttribute("aria-current", step?.label === label);
    }
  }

  // All classes in their order; if there are too many, the most probable ones, including the predicted one.
  barOrder(step) {
    const labels = [...this.trace.names.keys()];
    if (labels.length <= this.bars.length || !step) return labels;
    const weight = (label) => (label === step.label ? 2 : step.classes[label]);
    return labels.sort((one, other) => weight(other) - weight(one));
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
