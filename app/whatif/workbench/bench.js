// A player whose trace can be edited, with the tools below it and the edits that they send.

const SHOWN_WITH = { saliency: "saliency", hide: "image" }; // other tools show the layers of the moment

class Bench {
  constructor(root, data) {
    this.root = root;
    this.listening = new AbortController();
    this.tool = "spotlight";
    this.click = "look";
    this.name = crypto.getRandomValues(new Uint32Array(2)).join("-"); // crypto.randomUUID needs https
    this.count = 0;
    this.waiting = []; // wishes that the server has not answered: of a burst it hears the last message alone
    this.grip = this.corner = null;
    this.typing = null; // the field with a value that was not sent yet
    const over = element("div", "over");
    root.querySelector(".stage").append(over);
    this.player = new Player(root, data);
    this.player.highlight = () => {}; // the tools decide which layer is shown
    this.load(data, false);
    this.listen(this.listening.signal);
  }

  // data: what the player takes, and {done, models, glimpses, heard: [name, count]}
  load(data, known = true) {
    const [name, count] = data.heard;
    if (name === this.name) this.waiting = this.waiting.filter(({ number }) => number > count);
    this.data = { ...data, done: this.waiting.reduce(afterWish, data.done) };
    if (known) this.player.load(data);
    fillChoices(this);
    this.show();
  }

  show() {
    const { player, data } = this;
    this.touched = false;
    this.step = player.moments[player.now].step;
    this.edit = editAt(data.done, this.step);
    this.gaussians = player.trace.steps[this.step].gaussians.map((one) => ({ ...one }));
    const layers = HIGHLIGHTED_LAYERS[SHOWN_WITH[this.tool]] ?? null;
    if (player.highlightedLayers !== layers) {
      player.highlightedLayers = layers;
      player.redraw();
    }
    this.draw();
  }

  draw() {
    showPanels(this);
    placeHandles(this);
  }

  // The mask follows the pointer at once; the trace that the model computes comes from the server.
  preview(place, changes) {
    const { trace } = this.player;
    this.gaussians = this.gaussians.map((one, at) => (at === place ? kept({ ...one, ...changes }, trace) : one));
    this.touched = true;
    const record = trace.steps[this.step];
    [record.gaussians, record.mask] = [this.gaussians, maskOf(this.gaussians, trace)];
    this.player.highlightedLayers = HIGHLIGHTED_LAYERS.mask;
    this.player.redraw();
    this.draw();
  }

  mixed(gaussians) {
    return { edit: { gaussians: asNumbers(gaussians) } };
  }

  fresh() {
    const { rows, columns } = this.player.trace;
    const weight = 1 / (this.gaussians.length + 1);
    return kept({ weight, sigma: 1.5, row: (rows + 1) / 2, column: (columns + 1) / 2 }, this.player.trace);
  }

  wish(wish) {
    clearTimeout(this.settling);
    if (!wish) return;
    this.count += 1;
    const moment = this.player.group?.now ?? this.player.now;
    this.waiting.push({ ...wish, step: this.step, moment, number: this.count });
    this.data.done = afterWish(this.data.done, this.waiting.at(-1));
    this.edit = editAt(this.data.done, this.step);
    this.trigger("wishes", { name: this.name, wishes: this.waiting });
  }

  turn({ turns, place }, value) {
    if (!Number.isFinite(value)) {
      this.draw();
      return;
    }
    this.preview(Number(place), { [turns]: turns === "weight" ? value / 100 : value });
    this.wish(this.mixed(this.gaussians));
  }

  press(button) {
    const { tool, click } = button.dataset;
    if (tool) this.tool = tool;
    if (click) this.click = click;
    if (tool || click) this.show();
    else this.wish(wishOf(this, button.dataset));
  }

  listen(signal) {
    const doing = this.root.querySelector(".doing");
    const on = (target, event, act) => target.addEventListener(event, act, { signal });
    on(this.root, "hsal-moment", () => this.player && this.show());
    // the player listens on the same root: events of the tools must not reach it
    on(doing, "keydown", (event) => {
      if (this.typing || !undoes(event)) event.stopPropagation();
    });
    on(doing, "click", (event) => {
      event.stopPropagation();
      const button = event.target.closest("button");
      if (button) this.press(button);
    });
    on(doing, "input", ({ target }) => (this.typing = target));
    on(doing, "focusout", () => (this.typing = null));
    on(doing, "change", ({ target }) => {
      if (target !== this.typing) return; // a browser may report a change of a value that a script has set
      this.typing = null;
      if (target.dataset.turns) this.turn(target.dataset, target.valueAsNumber);
      else if (target.name === "glimpse") this.draw();
      else this.wish(fieldWish(this, target));
    });
    listenToPointer(this, signal);
    this.sizes = new ResizeObserver(() => placeHandles(this));
    this.sizes.observe(this.player.part("image"));
  }

  state() {
    return { ...this.player.state(), tool: this.tool, click: this.click };
  }

  destroy() {
    clearTimeout(this.settling);
    this.listening.abort();
    this.sizes.disconnect();
    this.player.destroy();
  }
}

export default hosted(".attention-player", (root, data) => new Bench(root, data));
