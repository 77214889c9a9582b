// State, controls and keys of the game. Only the finished game is sent to the server.

const AIMS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const LIGHT_TEXT = 140; // mean of red, green and blue above which text is light, so the ground is dark

const placeOf = (seed) => `hsal.game.${seed}`;

// The state in which a scene was left, a reload of the page included; it ends with the tab.
function recalled(seed) {
  try {
    return JSON.parse(sessionStorage.getItem(placeOf(seed)));
  } catch {
    return null;
  }
}

class AttentionGame {
  constructor(root, data) {
    this.root = root;
    this.part = (name) => root.querySelector(`.${name}`);
    this.scene = new Scene(this.part("scene"));
    this.listening = new AbortController();
    this.begin(data);
    this.listen();
  }

  begin(data) {
    const kept = recalled(data.seed);
    this.seed = data.seed;
    // a game that is over is kept as long as the server knows what came of it
    this.game = kept && (!kept.game.over || data.outcome) ? kept.game : freshGame();
    this.aim = kept?.aim ?? Math.floor((data.rows * data.columns) / 2);
    this.result = null;
    this.load(data);
  }

  load(data) {
    if (data.seed !== this.seed) {
      this.remember();
      this.begin(data);
      return;
    }
    const before = this.data?.image;
    this.data = data;
    this.part("rival").textContent = data.challenger ?? "";
    this.part("rival").hidden = !data.challenger;
    if (JSON.stringify(before) !== JSON.stringify(data.image)) this.scene.load(data);
    this.applyTheme();
    if (data.outcome) this.finish(data.outcome);
    else this.screen(this.game.over ? "waiting" : "playing");
    this.show();
  }

  // The host tells its theme by the color of its text.
  applyTheme() {
    const [red, green, blue] = getComputedStyle(this.root).color.match(/[\d.]+/g).map(Number);
    this.root.dataset.theme = (red + green + blue) / 3 > LIGHT_TEXT ? "dark" : "light";
  }

  screen(name) {
    this.root.dataset.screen = name;
    for (const part of this.root.querySelectorAll("[data-on]")) {
      part.hidden = !part.dataset.on.split(" ").includes(name);
    }
    this.scene.fit();
  }

  show() {
    const { game, data } = this;
    const left = glimpsesLeft(game, data.glimpses);
    const seen = game.turns.flatMap(([cells]) => cells);
    this.scene.draw({ window: game.looked.at(-1) ?? null, aim: this.aim, seen });
    const named = namedIn(game);
    const ways = left === 0 ? "Name it, or say stop." : left === data.glimpses ? "Look, name, or say stop." : "Look again, or name it.";
    this.part("status").textContent = `Object ${named.length + 1}: ${left} of ${data.glimpses} glimpses left. ${ways}`;
    this.part("named").textContent = named.length ? `Named so far: ${named.join(", ")}` : "Nothing named yet.";
    for (const button of this.root.querySelectorAll("[data-label]")) {
      button.setAttribute("aria-disabled", named.length === data.most);
    }
  }

  change(next) {
    if (next === this.game) return;
    this.game = next;
    this.remember();
    this.show();
    if (next.over) {
      this.screen("waiting");
      this.trigger("play", next.turns);
    }
  }

  look(cell) {
    this.aim = cell;
    this.change(lookAt(this.game, cell, this.data.glimpses));
    this.show();
  }

  point(cell) {
    if (cell === this.aim || this.game.over) return;
    this.aim = cell;
    this.show();
  }

  finish(outcome) {
    const { data } = this;
    if (this.result === null) this.build(outcome, data);
    const first = this.root.dataset.screen === "waiting";
    this.screen("over");
    for (const { draw } of this.result) draw();
    if (first) this.part("verdict").focus({ preventScroll: true });
  }

  build(outcome, map) {
    const { truth, sentences, walks, challenger, link } = outcome;
    const image = imageToCanvas(map.image);
    this.part("verdict").textContent = sentences[0];
    this.part("more").textContent = `${sentences.slice(1).join(" ")} In the scene: ${truth.join(", ")}.`.trim();
    this.result = walks.map((walk) => walkFigure(walk, image, map, truth));
    this.part("walks").replaceChildren(...this.result.map(({ figure }) => figure));
    const rows = walks.map((walk) => scoreRow(walk.name, walk, walk.named.join(", ") || "nothing"));
    if (challenger) rows.push(scoreRow("The challenger", challenger, "not told"));
    this.part("scores").replaceChildren(...rows);
    this.part("link").value = `${location.origin}${location.pathname}?${link}`;
    this.part("copied").textContent = "";
  }

  async copy() {
    this.part("link").select();
    try {
      await navigator.clipboard.writeText(this.part("link").value);
      this.part("copied").textContent = "Copied.";
    } catch {
      this.part("copied").textContent = "Press Ctrl+C to copy it."; // it is selected; the clipboard is closed to us
    }
  }

  press(event) {
    if (this.root.dataset.screen !== "playing" || event.ctrlKey || event.altKey || event.metaKey) return;
    const onStage = event.target.closest(".stage");
    if (/^[0-9]$/.test(event.key)) this.change(nameIt(this.game, Number(event.key), this.data.most));
    else if (event.key.toLowerCase() === "s") this.change(stopIt(this.game));
    else if (onStage && AIMS[event.key]) this.point(movedCell(this.aim, ...AIMS[event.key], this.data));
    else if (onStage && (event.key === " " || event.key === "Enter")) this.look(this.aim);
    else return;
    event.preventDefault();
  }

  click(event) {
    const button = event.target.closest("button");
    if (button?.dataset.label) this.change(nameIt(this.game, Number(button.dataset.label), this.data.most));
    else if (button?.classList.contains("stop")) this.change(stopIt(this.game));
    else if (button?.classList.contains("copy")) this.copy();
  }

  pointed(event) {
    const box = this.part("scene").getBoundingClientRect();
    return this.scene.cellAt(event.clientX - box.left, event.clientY - box.top);
  }

  listen() {
    const { signal } = this.listening;
    const on = (target, event, act) => target.addEventListener(event, act, { signal });
    on(this.root, "keydown", (event) => this.press(event));
    on(this.root, "click", (event) => this.click(event));
    on(this.part("stage"), "pointermove", (event) => this.point(this.pointed(event)));
    on(this.part("stage"), "click", (event) => this.look(this.pointed(event)));
    this.sizes = new ResizeObserver(() => {
      this.scene.fit();
      for (const { draw } of this.result ?? []) draw();
    });
    this.sizes.observe(this.root);
  }

  remember() {
    try {
      sessionStorage.setItem(placeOf(this.seed), JSON.stringify({ game: this.game, aim: this.aim }));
    } catch { /* a browser that keeps nothing begins anew */ }
  }

  destroy() {
    this.remember();
    this.listening.abort();
    this.sizes.disconnect();
  }
}

export default hosted(".game", (root, data) => new AttentionGame(root, data));
