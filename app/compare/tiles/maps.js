// All maps of one image: they share an opacity, a color scale and a point at which values are read.

const STEP = 0.01; // of the image's side, for an arrow key
const ANNOUNCE_AFTER_MS = 500;
const ADDRESS_INTERVAL_MS = 300;
const DEFAULT_OPACITY = 0.7;
const MARKS = ["fixations", "boxes"];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class Maps {
  constructor(root, data) {
    this.root = root;
    this.part = (name) => root.querySelector(`.${name}`);
    this.tiles = new Map();
    this.spot = null;
    const settings = data.remembered ?? data.linked ?? {};
    const opacity = Number(settings.opacity || NaN);
    this.opacity = opacity >= 0 && opacity <= 100 ? opacity / 100 : DEFAULT_OPACITY;
    this.marks = new Set((settings.marks ?? "").split(",").filter((mark) => MARKS.includes(mark)));
    this.listening = new AbortController();
    this.listen(this.listening.signal);
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.part("tiles"));
    this.addressTimer = setInterval(() => this.writeAddress(), ADDRESS_INTERVAL_MS);
    this.paintRamp();
    this.load(data);
  }

  async load(data) {
    this.data = data;
    this.color = data.overt;
    for (const tile of data.tiles) if (!this.tiles.has(tile.id)) this.tiles.set(tile.id, new Tile(this));
    const elements = data.tiles.map(({ id }) => this.tiles.get(id).element);
    const place = this.part("tiles");
    const same = elements.length === place.children.length && elements.every((tile, at) => tile === place.children[at]);
    if (!same) place.replaceChildren(...elements);
    place.setAttribute("aria-label", `Maps of ${data.name}. Arrow keys move the point at which all maps are read.`);
    if (data.image !== this.address) {
      this.address = data.image;
      this.image = null;
      this.spot = null;
    }
    this.showControls();
    const loading = data.tiles.map((tile) => this.tiles.get(tile.id).load(tile));
    if (!this.image) loading.push(decoded(data.image).then((image) => {
      if (this.address === data.image) this.image = image;
    }));
    this.draw();
    await Promise.all(loading);
    this.draw();
  }

  shown() {
    return this.data.tiles.map(({ id }) => this.tiles.get(id));
  }

  high() {
    return Math.max(0, ...this.data.tiles.filter(({ state }) => state === "done").map(({ high }) => high));
  }

  draw() {
    if (!this.data) return;
    const high = this.high();
    const options = { image: this.image, opacity: this.opacity, high, point: this.spot, marks: this.marks };
    for (const tile of this.shown()) tile.draw(options);
    this.part("high").textContent = readable(high);
    this.part("reading").textContent = this.spot ? `All maps at ${this.where()}.` : this.data.hint;
  }

  where() {
    const [x, y] = [Math.floor(this.spot[0] * this.data.width), Math.floor(this.spot[1] * this.data.height)];
    return `column ${x + 1}, row ${y + 1}`;
  }

  showControls() {
    const counts = { fixations: this.data.fixations.length, boxes: this.data.boxes.length };
    for (const button of this.root.querySelectorAll("[data-mark]")) {
      const { mark } = button.dataset;
      button.hidden = counts[mark] === 0;
      button.setAttribute("aria-pressed", this.marks.has(mark));
    }
    this.part("opacity").value = Math.round(this.opacity * 100);
    const missing = this.data.tiles.filter(({ state }) => state === "waiting").length;
    this.part("state").textContent = missing ? `${this.data.tiles.length - missing} of ${this.data.tiles.length} maps` : "";
  }

  paintRamp() {
    const context = this.part("ramp").getContext("2d");
    for (let x = 0; x < 128; x += 1) {
      context.fillStyle = `rgb(${INFERNO[x * 2 + 1].map(Math.round).join(",")})`;
      context.fillRect(x, 0, 1, 1);
    }
  }

  point(spot) {
    this.spot = spot;
    this.draw();
    clearTimeout(this.speaking);
    if (spot) this.speaking = setTimeout(() => this.speak(), ANNOUNCE_AFTER_MS);
  }

  speak() {
    if (this.root.getRootNode().activeElement !== this.part("tiles")) return; // with a mouse, the values are visible
    const values = this.shown().filter(({ map }) => map).map((tile) => `${tile.data.title} ${readable(tile.at(this.spot))}`);
    this.part("spoken").textContent = `At ${this.where()}: ${values.join(", ")}`;
  }

  press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") this.point(null);
    else if (event.key in ARROWS) {
      const step = STEP * (event.shiftKey ? 10 : 1);
      const from = this.spot ?? [0.5, 0.5];
      const moved = from.map((share, axis) => share + step * ARROWS[event.key][axis]);
      this.point(this.spot ? moved.map((share) => Math.min(0.9999, Math.max(0, share))) : from);
    } else return;
    event.preventDefault();
  }

  listen(signal) {
    const on = (target, event, handle) => target.addEventListener(event, handle, { signal });
    on(this.part("opacity"), "input", (event) => {
      this.opacity = Number(event.target.value) / 100;
      this.draw();
    });
    for (const button of this.root.querySelectorAll("[data-mark]")) {
      on(button, "click", () => {
        const { mark } = button.dataset;
        if (!this.marks.delete(mark)) this.marks.add(mark);
        this.showControls();
        this.draw();
      });
    }
    on(this.part("tiles"), "keydown", (event) => this.press(event));
    on(this.part("tiles"), "blur", () => this.point(null));
  }

  state() {
    return { opacity: String(Math.round(this.opacity * 100)), marks: [...this.marks].join(",") };
  }

  // Opacity and marks are known only to the browser and are written to the address, so that a link restores them. The
  // server does not know them and may overwrite the address at any time.
  writeAddress() {
    const url = new URL(location.href);
    const { opacity, marks } = this.state();
    for (const [key, text] of [["opacity", this.opacity === DEFAULT_OPACITY ? "" : opacity], ["marks", marks]]) {
      if (text) url.searchParams.set(key, text);
      else url.searchParams.delete(key);
    }
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  }

  destroy() {
    this.listening.abort();
    this.sizes.disconnect();
    clearTimeout(this.speaking);
    clearInterval(this.addressTimer);
  }
}

export default hosted(".saliency-maps", (root, data) => new Maps(root, data));
