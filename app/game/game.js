// State, controls and keys of the game. Only the finished game is sent to the server.

const AIMS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const LIGHT_TEXT = 140; // mean of red, green and blue above which text is light, so the theme is dark

const storageKey = (seed) => `hsal.game.${seed}`;

// The stored state of a scene, which survives a reload of the page but not the tab.
function storedState(seed) {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey(seed)));
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
    const stored = storedState(data.seed);
    this.seed = data.seed;
    // a finished game is restored only while the server knows its outcome
    this.game = stored && (!stored.game.over || data.outcome) ? stored.game : newGame();
    this.aim = stored?.aim ?? Math.floor((data.rows * data.columns) / 2);
    this.result = null;
    this.load(data);
  }

  load(data) {
    if (data.seed !== this.seed) {
      this.store();
      this.begin(data);
      return;
    }
    const before = this.data?.image;
    this.data = data;
    this.part("challenger").textContent = data.challenger ?? "";
    this.part("challenger").hidden = !data.challenger;
    if (JSON.stringify(before) !== JSON.stringify(data.image)) this.scene.load(data);
    this.applyTheme();
    if (data.outcome) this.finish(data.outcome);
    else this.screen(this.game.over ? "waiting" : "playing");
    this.show();
  }

  // The text color reveals the theme of the host.
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
    this.scene.draw({ window: game.glimpsed.at(-1) ?? null, aim: this.aim, seen });
    const labels = labelsOf(game);
    const hint = left === 0 ? "Name it or say stop." : "Take a glimpse, name it, or say stop.";
    this.part("status").textContent = `Digit ${labels.length + 1}: ${left} of ${data.glimpses} glimpses left. ${hint}`;
    this.part("labels").textContent = labels.length ? `Named so far: ${labels.join(", ")}` : "Nothing named yet.";
    for (const button of this.root.querySelectorAll("[data-label]")) {
      button.setAttribute("aria-disabled", labels.length === data.maxLabels);
    }
  }

  change(next) {
    if (next === this.game) return;
    this.game = next;
    this.store();
    this.show();
    if (next.over) {
      this.screen("waiting");
      this.trigger("play", next.turns);
    }
  }

  glimpse(cell) {
    this.aim = cell;
    this.change(takeGlimpse(this.game, cell, this.data.glimpses));
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
    const justEnded = this.root.dataset.screen === "waiting";
    this.screen("over");
    for (const { draw } of this.result) draw();
    if (justEnded) this.part("verdict").focus({ preventScroll: true });
  }

  build(outcome, map) {
    const { truth, sentences, players, challenger, link } = outcome;
    const image = imageToCanvas(map.image);
    this.part("verdict").textContent = sentences[0];
    this.part("more").textContent = `${sentences.slice(1).join(" ")} In the image: ${truth.join(", ")}.`.trim();
    this.result = players.map((player) => playerFigure(player, image, map, truth));
    this.part("players").replaceChildren(...this.result.map(({ figure }) => figure));
    const rows = players.map((player) => scoreRow(player.name, player, player.labels.join(", ") || "nothing"));
    if (challenger) rows.push(scoreRow("The challenger", challenger, "hidden"));
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
      this.part("copied").textContent = "Press Ctrl+C to copy it."; // clipboard access was denied
    }
  }

  press(event) {
    if (this.root.dataset.screen !== "playing" || event.ctrlKey || event.altKey || event.metaKey) return;
    const onStage = event.target.closest(".stage");
    if (/^[0-9]$/.test(event.key)) this.change(nameDigit(this.game, Number(event.key), this.data.maxLabels));
    else if (event.key.toLowerCase() === "s") this.change(sayStop(this.game));
    else if (onStage && AIMS[event.key]) this.point(movedCell(this.aim, ...AIMS[event.key], this.data));
    else if (onStage && (event.key === " " || event.key === "Enter")) this.glimpse(this.aim);
    else return;
    event.preventDefault();
  }

  click(event) {
    const button = event.target.closest("button");
    if (button?.dataset.label) this.change(nameDigit(this.game, Number(button.dataset.label), this.data.maxLabels));
    else if (button?.classList.contains("stop")) this.change(sayStop(this.game));
    else if (button?.classList.contains("copy")) this.copy();
  }

  cellOf(event) {
    const box = this.part("scene").getBoundingClientRect();
    return this.scene.cellAt(event.clientX - box.left, event.clientY - box.top);
  }

  listen() {
    const { signal } = this.listening;
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal });
    on(this.root, "keydown", (event) => this.press(event));
    on(this.root, "click", (event) => this.click(event));
    on(this.part("stage"), "pointermove", (event) => this.point(this.cellOf(event)));
    on(this.part("stage"), "click", (event) => this.glimpse(this.cellOf(event)));
    this.sizes = new ResizeObserver(() => {
      this.scene.fit();
      for (const { draw } of this.result ?? []) draw();
    });
    this.sizes.observe(this.root);
  }

  store() {
    try {
      sessionStorage.setItem(storageKey(this.seed), JSON.stringify({ game: this.game, aim: this.aim }));
    } catch { /* without storage, a reload starts a new game */ }
  }

  destroy() {
    this.store();
    this.listening.abort();
    this.sizes.disconnect();
  }
}

export default hosted(".game", (root, data) => new AttentionGame(root, data));
