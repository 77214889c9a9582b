// State of the sandbox. Everything happens in the browser; nothing is sent to the server.

const ANNOUNCE_AFTER_MS = 700; // a screen reader announces the end of a movement, not each step
const LIGHT_TEXT = 140; // mean of red, green and blue above which the text is light, so the theme is dark
// highlighted word -> layer over the image
const LAYERS_BY_HIGHLIGHT = {
  image: "image", saliency: "saliency", mask: "mask", spotlight: "mask", priority: "priority", broad: "broad",
};

class Sandbox {
  constructor(root, data) {
    this.root = root;
    this.part = (name) => root.querySelector(`.${name}`);
    this.imageView = new ImageView(this.part("image"));
    this.listening = new AbortController();
    this.highlighted = null;
    this.load(data);
    listen(this, this.listening.signal);
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(this.part("image-frame"));
  }

  // data: {scene, identity, options, limits, glimpses, weights, remembered}; remembered: state() of an earlier visit
  load(data) {
    const { scene, identity, options, remembered } = data;
    const before = this.data?.identity === identity ? this.state() : remembered;
    this.data = data;
    this.options = options;
    this.scene = readScene(scene);
    this.imageView.load(this.scene);
    if (before?.identity === identity) Object.assign(this, before);
    else this.reset();
    build(this);
    this.applyTheme();
    this.fit();
  }

  reset() {
    const { spotlights, model_choice: modelChoice } = this.options;
    this.spotlights = modelChoice ? spotlightsOf(this.scene.own) : initialSpotlights(spotlights, this.scene);
    this.cell = null; // forced cell of the sharp glimpses; null for the model's own choice
    this.guess = { row: (this.scene.rows + 1) / 2, column: (this.scene.columns + 1) / 2 };
    this.guessed = false;
    this.chosen = 0;
  }

  state() {
    const { spotlights, cell, guess, guessed, chosen } = this;
    return { identity: this.data.identity, spotlights, cell, guess, guessed, chosen };
  }

  fit() {
    const size = Math.floor(this.part("image").clientWidth);
    if (!size) return;
    this.imageView.resize(size);
    this.refresh();
  }

  applyTheme() {
    const [red, green, blue] = getComputedStyle(this.root).color.match(/[\d.]+/g).map(Number);
    this.root.dataset.theme = (red + green + blue) / 3 > LIGHT_TEXT ? "dark" : "light";
    this.imageView.context.fontFamily = getComputedStyle(this.root).fontFamily; // a canvas inherits no font
  }

  // Draws once per animation frame. since: time of the input event, for measuring the delay.
  changed(since = performance.now()) {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = null;
      this.refresh();
      this.root.dataset.tookMs = (performance.now() - since).toFixed(1);
    });
  }

  refresh() {
    if (!this.imageView.size) return;
    const { scene, options } = this;
    const gaussians = options.spotlights ? gaussiansOf(this.spotlights) : null;
    const covert = gaussians && attendCovertly(scene, gaussians);
    const controller = controllers.get(this.data.weights);
    const result = gaussians && controller ? this.compute(controller, gaussians) : null;
    this.shownCell = result?.cells.at(-1);
    const usual = options.guess ? (this.guessed ? "saliency" : "image") : "mask";
    const layer = LAYERS_BY_HIGHLIGHT[this.highlighted] ?? usual;
    const cells = options.glimpses && result ? result.cells : [];
    const circled = options.guess && this.guessed ? argmax(scene.saliency) : null;
    this.imageView.draw(layer, { covert, gaussians, cells, circled });
    showMaps(this, covert, result);
    showAnswer(this, result);
    placeHandles(this, result);
    this.part("image").setAttribute("aria-label", imageSentence(scene, covert, layer));
    this.announceLater();
  }

  compute(controller, gaussians) {
    const { glimpses } = this.data;
    const cells = this.cell === null ? [] : Array(glimpses).fill(this.cell);
    const result = metaStep(controller, this.scene, gaussians, { glimpses, cells });
    const broad = this.options.compare_broad
      ? metaStep(controller, this.scene, gaussians, { glimpses, cells, sharp: false })
      : null;
    return { ...result, broad };
  }

  announceLater() {
    clearTimeout(this.announcing);
    this.announcing = setTimeout(() => {
      const text = this.part("verdict").textContent;
      if (this.part("spoken").textContent !== text) this.part("spoken").textContent = text;
    }, ANNOUNCE_AFTER_MS);
  }

  // target: "spotlight", "glimpse" or "guess"; position: {row, column} in cells
  move(target, position, since) {
    if (target === "spotlight") this.update(this.chosen, position);
    if (target === "glimpse") this.cell = cellAt(position, this.scene);
    if (target === "guess") {
      const { row, column } = clamped({ strength: 0, sigma: 2, ...position }, this.scene, this.data.limits);
      [this.guess, this.guessed] = [{ row, column }, true];
    }
    this.changed(since);
  }

  update(index, changes) {
    const changed = clamped({ ...this.spotlights[index], ...changes }, this.scene, this.data.limits);
    this.spotlights = this.spotlights.map((spotlight, at) => (at === index ? changed : spotlight));
  }

  change(index, changes) {
    this.update(index, changes);
    this.changed();
  }

  setCount(count) {
    this.spotlights = resized(this.spotlights, count, this.scene);
    this.chosen = Math.min(this.chosen, count - 1);
    build(this);
    this.changed();
  }

  press(action) {
    if (action === "own") [this.spotlights, this.cell, this.chosen] = [spotlightsOf(this.scene.own), null, 0];
    else this.reset();
    build(this);
    this.changed();
  }

  highlight(name) {
    if (name === this.highlighted) return;
    this.highlighted = name;
    for (const part of this.root.querySelectorAll("[data-part]")) {
      part.classList.toggle("highlighted", name !== null && part.dataset.part.split(" ").includes(name));
    }
    this.refresh();
  }

  destroy() {
    this.listening.abort();
    this.sizes.disconnect();
    cancelAnimationFrame(this.pending);
    clearTimeout(this.announcing);
  }
}

export default hosted(".sandbox", (root, data) => new Sandbox(root, data));
