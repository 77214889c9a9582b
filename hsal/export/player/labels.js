// The labels: chips of those predicted so far, and bars of the most probable ones.

const MAX_CLASSES = 12; // with more, only the most probable ones have bars
const MOST_PROBABLE = 5;

class Labels {
  constructor(root) {
    this.part = (name) => root.querySelector(`.${name}`);
  }

  load(trace, moments) {
    this.trace = trace;
    this.moments = moments;
    const truth = trace.truth?.map((label) => trace.names[label]);
    this.part("truth").textContent = trace.withheld || (truth ? `In the image: ${truth.join(" ") || "nothing"}` : "");
    this.part("answer").querySelector("h2").textContent = trace.withheld ? "Labels are not shown" : "Predicted so far";
    this.part("chips").hidden = this.part("classes").hidden = Boolean(trace.withheld);
    this.buildChips();
    this.buildBars();
  }

  // All chips exist from the start and are only hidden, so that the page layout does not shift.
  buildChips() {
    const { steps, stop, withheld } = this.trace;
    const labeled = withheld ? [] : steps.filter(({ label }) => label !== stop);
    this.chips = labeled.map((step) => this.chip(step));
    this.nothing = element("li", "nothing note", "nothing yet");
    this.part("chips").replaceChildren(this.nothing, ...this.chips);
  }

  chip(step) {
    const unsure = isUnsure(this.trace, step.classes[step.label]);
    const chip = element("li", unsure ? "chip unsure" : "chip", this.trace.names[step.label]);
    if (unsure) chip.append("? ", element("small", "", `unsure, ${percent(step.classes[step.label])}`));
    if (verdictOf(step) !== null) chip.append(verdictSign(verdictOf(step)));
    return chip;
  }

  buildBars() {
    const { names, free } = this.trace;
    const count = names.length > MAX_CLASSES ? MOST_PROBABLE : names.length;
    this.bars = Array.from({ length: count }, () => {
      const row = element("li", "bar");
      const [name, rail, fill, share] = ["name", "rail", "fill", "share"].map((part) => element("span", part));
      rail.append(fill);
      row.append(name, rail, share);
      return { row, name, fill, share };
    });
    this.part("bars").classList.toggle("words", count < names.length);
    this.part("bars").replaceChildren(...this.bars.map(({ row }) => row));
    const unsure = free ? ` Below ${percent(UNSURE)}, a label is unsure.` : "";
    this.part("rest").textContent = `The ${count} most probable of ${names.length} classes.${unsure}`;
    this.part("rest").hidden = count === names.length;
  }

  show(now) {
    const count = this.moments.slice(0, now + 1).filter(({ kind }) => kind === "label").length;
    for (const [index, chip] of this.chips.entries()) chip.classList.toggle("hidden", index >= count);
    this.nothing.classList.toggle("hidden", count > 0 && this.chips.length > 0);
    const moment = this.moments[now];
    const glimpse = moment.kind === "glimpse" && this.trace.steps[moment.step].glimpses[moment.glimpse];
    this.part("classes").classList.toggle("muted", moment.kind !== "label" && !glimpse?.labels?.length);
    if (glimpse?.labels?.length) this.showGlimpse(glimpse);
    else this.showClasses(latest(this.moments, now, ({ kind }) => kind === "label"));
  }

  // What the glimpsed cell alone is named.
  showGlimpse({ labels }) {
    this.part("classes").querySelector("h2").textContent = "What this glimpse alone shows";
    for (const [index, bar] of this.bars.entries()) {
      const [label, probability] = labels[index] ?? [null, null];
      this.showBar(bar, label, probability, false);
    }
  }

  showClasses(predicted) {
    this.part("classes").querySelector("h2").textContent = "Class probabilities";
    const step = predicted && this.trace.steps[predicted.step];
    const order = this.barOrder(step);
    for (const [index, bar] of this.bars.entries()) {
      const label = order[index];
      this.showBar(bar, label, step ? step.classes[label] : null, step?.label === label);
    }
  }

  // Without a probability the bar is empty; without a label it has no name either.
  showBar({ row, name, fill, share }, label, probability, chosen) {
    name.textContent = this.trace.names[label] ?? "\u2013";
    fill.style.width = `${100 * (probability ?? 0)}%`;
    share.textContent = probability === null ? "\u2013" : percent(probability);
    row.classList.toggle("unsure", probability !== null && isUnsure(this.trace, probability));
    row.classList.toggle("chosen", chosen);
    row.setAttribute("aria-current", chosen);
  }

  // All classes in their order; if there are too many, the most probable ones, including the predicted one.
  barOrder(step) {
    const labels = [...this.trace.names.keys()];
    if (labels.length <= this.bars.length) return labels;
    if (!step) return []; // nothing is known of the most probable ones yet
    const weight = (label) => (label === step.label ? 2 : step.classes[label]);
    return labels.sort((one, other) => weight(other) - weight(one));
  }
}
