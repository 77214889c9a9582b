// A player whose trace can be edited, with the tools below it and the requests that they send.

const LAYERS_WITH = { saliency: "saliency", hide: "image" }; // other tools show the layers of the moment

class Workbench {
  constructor(root, data) {
    this.root = root;
    this.listening = new AbortController();
    this.tool = "spotlight";
    this.click = "look";
    this.name = crypto.getRandomValues(new Uint32Array(2)).join("-"); // crypto.randomUUID needs https
    this.count = 0;
    this.waiting = []; // requests without an answer: of a burst of messages, the server receives the last alone
    this.grabbed = this.corner = null; // a handle that is dragged, and the first corner of a rectangle
    this.typing = null; // the field with a value that was not sent yet
    root.querySelector(".stage").append(element("div", "overlay"));
    this.player = new Player(root, data);
    this.player.highlight = () => {}; // the tools decide which layer is shown
    this.setData(data);
    this.refresh();
    this.listen(this.listening.signal);
  }

  // data: the player's, and {interventions, models, glimpses, answered: [name, number]}
  load(data) {
    this.setData(data);
    this.player.load(data);
    this.refresh();
  }

  setData(data) {
    const [name, number] = data.answered;
    if (name === this.name) this.waiting = this.waiting.filter((request) => request.number > number);
    this.data = { ...data, interventions: this.waiting.reduce(applyRequest, data.interventions) };
  }

  refresh() {
    fillChoices(this);
    if (this.tool === "label" && this.player.trace.withheld) this.tool = "spotlight";
    this.show();
  }

  show() {
    const { player, data } = this;
    this.previewed = false;
    this.step = player.moments[player.now].step;
    this.edit = editAt(data.interventions, this.step);
    this.gaussians = player.trace.steps[this.step].gaussians.map((gaussian) => ({ ...gaussian }));
    const layers = HIGHLIGHTED_LAYERS[LAYERS_WITH[this.tool]] ?? null;
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

  // The mask follows the pointer at once; the model's new trace comes from the server.
  preview(index, changes) {
    const { trace } = this.player;
    const changed = clampGaussian({ ...this.gaussians[index], ...changes }, trace);
    this.gaussians = this.gaussians.map((gaussian, i) => (i === index ? changed : gaussian));
    this.previewed = true;
    const step = trace.steps[this.step];
    [step.gaussians, step.mask] = [this.gaussians, maskOf(this.gaussians, trace)];
    this.player.highlightedLayers = HIGHLIGHTED_LAYERS.mask;
    this.player.redraw();
    this.draw();
  }

  newGaussian() {
    const { rows, columns } = this.player.trace;
    const weight = 1 / (this.gaussians.length + 1);
    return clampGaussian({ weight, sigma: 1.5, row: (rows + 1) / 2, column: (columns + 1) / 2 }, this.player.trace);
  }

  sendGaussians() {
    this.send(gaussiansRequest(this.gaussians));
  }

  send(request) {
    clearTimeout(this.sendTimer);
    if (!request) return;
    this.count += 1;
    const moment = this.player.group?.now ?? this.player.now;
    this.waiting.push({ ...request, step: this.step, moment, number: this.count });
    this.data.interventions = applyRequest(this.data.interventions, this.waiting.at(-1));
    this.edit = editAt(this.data.interventions, this.step);
    this.trigger("requests", { name: this.name, requests: this.waiting });
  }

  setParameter({ parameter, index }, value) {
    if (!Number.isFinite(value)) {
      this.draw();
      return;
    }
    this.preview(Number(index), { [parameter]: value });
    this.sendGaussians();
  }

  press(button) {
    const { tool, click } = button.dataset;
    if (tool) this.tool = tool;
    if (click) this.click = click;
    if (tool || click) this.show();
    else this.send(buttonRequest(this, button.dataset));
  }

  listen(signal) {
    const editor = this.root.querySelector(".editor");
    const on = (target, event, handler) => target.addEventListener(event, handler, { signal });
    on(this.root, "hsal-moment", () => this.player && this.show());
    // the player listens on the same root: events of the tools must not reach it
    on(editor, "keydown", (event) => {
      if (this.typing || !isUndo(event)) event.stopPropagation();
    });
    on(editor, "click", (event) => {
      event.stopPropagation();
      const button = event.target.closest("button");
      if (button) this.press(button);
    });
    on(editor, "input", ({ target }) => (this.typing = target));
    on(editor, "focusout", () => (this.typing = null));
    on(editor, "change", ({ target }) => {
      if (target !== this.typing) return; // a browser may report a change of a value that a script has set
      this.typing = null;
      if (target.dataset.parameter) this.setParameter(target.dataset, target.valueAsNumber);
      else if (target.name === "glimpse") this.draw();
      else this.send(fieldRequest(this, target));
    });
    listenToPointer(this, signal);
    this.sizes = new ResizeObserver(() => placeHandles(this));
    this.sizes.observe(this.player.part("image"));
  }

  state() {
    return this.player.state();
  }

  destroy() {
    clearTimeout(this.sendTimer);
    this.listening.abort();
    this.sizes.disconnect();
    this.player.destroy();
  }
}

export default hosted(".attention-player", (root, data) => new Workbench(root, data));
