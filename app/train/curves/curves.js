// All charts of a training run share one zoom, one cursor and one list of hidden runs, which stay as new values arrive.

const KEYS = "Arrow keys move the cursor, plus and minus zoom, Escape shows all updates.";
const MIN_ZOOM_SHARE = 0.02; // a shorter range was a click

class Curves {
  constructor(root, data) {
    const before = data.remembered;
    this.root = root;
    this.keys = KEYS;
    this.charts = new Map();
    this.cursor = null;
    this.choosing = null;
    this.hidden = new Set(before?.hidden ?? []);
    this.zoomed = before?.zoomed ?? null; // [from, to], or null for all updates
    root.querySelector(".whole").addEventListener("click", () => this.zoom(null));
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(root);
    this.load(data);
  }

  load(data) {
    this.data = data;
    for (const name of ["page", "background"]) this.root.style.setProperty(`--${name}`, data[name]);
    for (const chart of data.charts) {
      if (!this.charts.has(chart.id)) this.charts.set(chart.id, new Chart(this));
      this.charts.get(chart.id).load(chart);
    }
    const wanted = data.charts.map(({ id }) => this.charts.get(id).element);
    const place = this.root.querySelector(".charts");
    const same = wanted.length === place.children.length && wanted.every((one, at) => one === place.children[at]);
    if (!same) place.replaceChildren(...wanted); // otherwise the focus would be lost
    this.showRuns();
    this.draw();
  }

  showRuns() {
    const place = this.root.querySelector(".toggles");
    const buttons = new Map([...place.children].map((button) => [button.dataset.run, button]));
    const wanted = this.data.runs.map((run) => {
      const button = buttons.get(run.id) ?? this.toggle(run.id);
      button.innerHTML = `<svg width="26" height="10" aria-hidden="true"><line x1="0" x2="26" y1="5" y2="5" ` +
        `stroke="${run.color}" stroke-width="${run.width + 0.6}" stroke-dasharray="${DASHES[run.dash]}"/></svg>`;
      button.append(run.name);
      button.setAttribute("aria-pressed", !this.hidden.has(run.id));
      return button;
    });
    const same = wanted.length === place.children.length && wanted.every((one, at) => one === place.children[at]);
    if (!same) place.replaceChildren(...wanted);
  }

  toggle(run) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.run = run;
    button.addEventListener("click", () => {
      if (!this.hidden.delete(run)) this.hidden.add(run);
      this.showRuns();
      this.draw();
    });
    return button;
  }

  style(run) {
    return this.data.runs.find(({ id }) => id === run);
  }

  // The range of all updates.
  whole() {
    return [0, Math.max(1e-9, this.data.end)];
  }

  range() {
    return this.zoomed ?? this.whole();
  }

  draw() {
    if (!this.data) return;
    this.root.querySelector(".whole").hidden = this.zoomed === null;
    for (const { id } of this.data.charts) this.charts.get(id).draw();
  }

  zoom(range) {
    this.zoomed = range;
    this.draw();
  }

  choose(range) {
    this.choosing = range;
    this.draw();
  }

  chosen() {
    if (!this.choosing) return;
    const [from, to] = this.range();
    const [left, right] = [...this.choosing].sort((one, other) => one - other);
    this.choosing = null;
    if (right - left > (to - from) * MIN_ZOOM_SHARE) this.zoomed = [left, right];
    this.draw();
  }

  point(x) {
    this.cursor = x;
    if (this.choosing && x !== null) this.choosing = [this.choosing[0], x];
    this.draw();
  }

  // Handles a key; returns whether it has a meaning.
  press(key) {
    const [from, to] = this.range();
    const [start, end] = this.whole();
    const middle = this.cursor ?? (from + to) / 2;
    const reach = (to - from) * (key === "+" || key === "=" ? 0.25 : 1);
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const step = ((to - from) / 50) * (key === "ArrowLeft" ? -1 : 1);
      this.point(Math.min(to, Math.max(from, middle + step)));
    } else if ("+=-".includes(key)) {
      const range = [Math.max(start, middle - reach), Math.min(end, middle + reach)];
      this.zoom(range[0] <= start && range[1] >= end ? null : range);
    } else if (key === "Escape") {
      this.cursor = null;
      this.zoom(null);
    } else return false;
    return true;
  }

  state() {
    return { hidden: [...this.hidden], zoomed: this.zoomed };
  }

  destroy() {
    this.sizes.disconnect();
  }
}

export default hosted(".training-curves", (root, data) => new Curves(root, data));
