// State and what follows from it. All of it happens in the browser: nothing is sent anywhere.

const SPEAKS_AFTER_MS = 700; // a screen reader hears where a movement ended, not every step of it
const LIGHT_LETTERS = 140; // mean of red, green and blue above which text is light, so the theme is dark
// what a word of the page brings over the image
const LAYER_OF = {
  image: "image", saliency: "saliency", mask: "mask", spotlight: "mask", priority: "priority", broad: "broad",
};

class Sandbox {
  constructor(root, data) {
    this.root = root;
    this.part = (name) => root.querySelector(`.${name}`);
    this.ground = new Ground(this.part("image"));
    this.listening = new AbortController();
    this.lit = null;
    this.load(data);
    listen(this, this.listening.signal);
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(this.part("ground"));
  }

  // data: {scene, identity, options, limits, glimpses, weights}; remembered: the state of a visit before
  load(data) {
    const { scene, identity, options, remembered } = data;
    const before = this.data?.identity === identity ? this.state() : remembered;
    this.data = data;
    this.options = options;
    this.scene = readScene(scene);
    this.ground.load(this.scene);
    if (before?.identity === identity) Object.assign(this, before);
    else this.startAgain();
    build(this);
    this.applyTheme();
    this.fit();
  }

  startAgain() {
    const { spots, own } = this.options;
    this.spots = own ? spotsOf(this.scene.own) : freshSpots(spots, this.scene);
    this.cell = null; // where the visitor lets it glimpse; null for where the model would
    this.guess = { row: (this.scene.rows + 1) / 2, column: (this.scene.columns + 1) / 2 };
    this.guessed = false;
    this.chosen = 0;
  }

  state() {
    const { spots, cell, guess, guessed, chosen } = this;
    return { identity: this.data.identity, spots, cell, guess, guessed, chosen };
  }

  fit() {
    const size = Math.floor(this.part("image").clientWidth);
    if (!size) return;
    this.ground.resize(size);
    this.refresh();
  }

  applyTheme() {
    const [red, green, blue] = getComputedStyle(this.root).color.match(/[\d.]+/g).map(Number);
    this.root.dataset.theme = (red + green + blue) / 3 > LIGHT_LETTERS ? "dark" : "light";
    this.ground.context.fontFamily = getComputedStyle(this.root).fontFamily; // a canvas inherits no font
  }

  // The movement's own moment, so that what follows it can be timed; a burst is drawn once a frame.
  changed(since = performance.now()) {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = null;
      this.refresh();
      this.root.dataset.tookMs = (performance.now() - since).toFixed(1);
    });
  }

  refresh() {
    if (!this.ground.size) return;
    const { scene, options } = this;
    const gaussians = options.spots ? gaussiansOf(this.spots) : null;
    const covert = gaussians && attendCovertly(scene, gaussians);
    const controller = controllers.get(this.data.weights);
    const result = gaussians && controller ? this.reckon(controller, gaussians) : null;
    this.shownCell = result?.cells.at(-1);
    const layer = LAYER_OF[this.lit] ?? (options.guess ? (this.guessed ? "saliency" : "image") : "mask");
    const cells = options.glimpses && result ? result.cells : [];
    const ringed = options.guess && this.guessed ? argmax(scene.saliency) : null;
    this.ground.draw(layer, { covert, gaussians, cells, ringed });
    showMaps(this, covert, result);
    showSaid(this, result);
    placeHandles(this, result);
    this.part("image").setAttribute("aria-label", imageSentence(scene, covert, layer));
    this.speakLater();
  }

  reckon(controller, gaussians) {
    const { glimpses } = this.data;
    const cells = this.cell === null ? [] : Array(glimpses).fill(this.cell);
    const result = metaStep(controller, this.scene, gaussians, { glimpses, cells });
    const broad = this.options.compare
      ? metaStep(controller, this.scene, gaussians, { glimpses, cells, sharp: false })
      : null;
    return { ...result, broad };
  }

  speakLater() {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      const text = this.part("verdict").textContent;
      if (this.part("spoken").textContent !== text) this.part("spoken").textContent = text;
    }, SPEAKS_AFTER_MS);
  }

  // target: "spot", "glimpse" or "guess"; place: {row, column} in cells
  move(target, place, since) {
    const held = (spot) => heldIn({ ...spot, ...place }, this.scene, this.data.limits);
    if (target === "spot") this.spots = this.spots.map((spot, at) => (at === this.chosen ? held(spot) : spot));
    if (target === "glimpse") this.cell = cellUnder(place, this.scene);
    if (target === "guess") {
      const { row, column } = heldIn({ amount: 0, sigma: 2, ...place }, this.scene, this.data.limits);
      [this.guess, this.guessed] = [{ row, column }, true];
    }
    this.changed(since);
  }

  turn(place, changes) {
    this.spots = this.spots.map((spot, at) => (at === place ? heldIn({ ...spot, ...changes }, this.scene, this.data.limits) : spot));
    this.changed();
  }

  setCount(count) {
    this.spots = withCount(this.spots, count, this.scene);
    this.chosen = Math.min(this.chosen, count - 1);
    build(this);
    this.changed();
  }

  press(wish) {
    if (wish === "own") [this.spots, this.cell, this.chosen] = [spotsOf(this.scene.own), null, 0];
    else this.startAgain();
    build(this);
    this.changed();
  }

  light(name) {
    if (name === this.lit) return;
    this.lit = name;
    for (const part of this.root.querySelectorAll("[data-part]")) {
      part.classList.toggle("lit", name !== null && part.dataset.part.split(" ").includes(name));
    }
    this.refresh();
  }

  destroy() {
    this.listening.abort();
    this.sizes.disconnect();
    cancelAnimationFrame(this.pending);
    clearTimeout(this.speaking);
  }
}

export default hosted(".sandbox", (root, data) => new Sandbox(root, data));
