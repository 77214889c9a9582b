// The screens, keys and buttons of the task.

const SIDES = { arrowleft: "left", f: "left", arrowright: "right", j: "right" };
const CUES = { left: "M336 120h-72m22-18-22 18 22 18", right: "M264 120h72m-22-18 22 18-22 18" };
CUES.both = "M264 120h72m-18-18 18 18-18 18m-36 0-18-18 18-18";
const NOTES = {
  "too early": "Too early: wait for the dot.",
  "too late": "Too late: press as soon as you see the dot.",
  incorrect: "Incorrect: the dot was on the other side.",
};

class Posner {
  // options: {practice, lengths: [{counts}], seed}
  constructor(root, options) {
    this.root = root;
    this.options = options;
    this.part = (name) => root.querySelector(`.${name}`);
    this.listening = new AbortController();
    this.length = options.lengths[0];
    this.listen();
    const stored = storedSession();
    if (stored && stored.next >= stored.trials.length) this.finish(stored);
    else if (stored && stored.next > 0) this.pause("Your session has been restored.", stored);
    else this.screen("intro");
  }

  screen(name) {
    this.now = name;
    this.root.dataset.screen = name;
    for (const part of this.root.querySelectorAll("[data-on]")) {
      part.hidden = !part.dataset.on.split(" ").includes(name);
    }
    const wanted = this.root.querySelector(`[data-first~="${name}"]`);
    if (name !== "intro" && this.touched) wanted?.focus({ preventScroll: true });
  }

  // Starts a new session with practice trials.
  start() {
    const seed = this.options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0];
    this.session = newSession(seed, this.options.practice, this.length.counts);
    storeSession(this.session);
    this.go();
  }

  go() {
    this.run = new Run(this.session, {
      show: (what, trial) => this.show(what, trial),
      ended: (trial) => this.ended(trial),
    });
    this.say("");
    this.screen("running");
    this.proceed();
  }

  proceed() {
    this.part("progress").textContent = this.progress();
    this.run.begin();
  }

  progress() {
    const { trials, next } = this.session;
    const practice = trials.filter((trial) => trial.practice).length;
    if (next < practice) return `Practice trial ${next + 1} of ${practice}`;
    return `Trial ${next - practice + 1} of ${trials.length - practice}`;
  }

  // The style sheet shows the stage in `data-shows`.
  show(what, { cue, target }) {
    Object.assign(this.root.dataset, { shows: what, cue, target });
    this.part("arrow").setAttribute("d", CUES[cue]);
    this.part("dot").setAttribute("cx", target === "left" ? 90 : 510);
  }

  ended(trial) {
    const { trials, next } = this.session;
    const note = NOTES[trial.outcome] ?? (trial.practice ? `Correct: ${Math.round(trial.rt)} ms.` : "");
    this.say(note);
    this.waiting = setTimeout(() => {
      if (next >= trials.length) this.finish(this.session);
      else if (trial.practice && !trials[next].practice) this.screen("ready");
      else {
        this.say("");
        this.proceed();
      }
    }, trial.outcome === "correct" ? TIMES.rest : TIMES.note);
  }

  say(text) {
    this.part("note").textContent = text;
  }

  pause(reason, session = this.session) {
    this.stop();
    this.session = session;
    const done = session.trials.filter(({ practice, outcome }) => !practice && outcome).length;
    const left = session.trials.length - session.next;
    this.part("reason").textContent = `${reason} Trials done: ${done}; left, including practice: ${left}.`;
    this.root.querySelector("[data-action=finish]").hidden = done === 0;
    this.screen("paused");
  }

  stop() {
    this.run?.halt();
    clearTimeout(this.waiting);
  }

  finish(session) {
    this.stop();
    this.session = session;
    session.next = session.trials.length; // the remaining trials are skipped
    storeSession(session);
    showResults(this.root, summarize(session.trials, session.seed));
    this.screen("done");
  }

  again() {
    this.stop();
    storeSession(null);
    this.session = null;
    this.screen("intro");
    this.root.querySelector("[data-action=start]").focus({ preventScroll: true });
  }

  download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([toCsv(this.session.trials)], { type: "text/csv" }));
    link.download = "posner-cueing.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  act(name) {
    this.touched = true;
    const actions = {
      start: () => this.start(), go: () => this.go(), pause: () => this.pause("Paused."),
      finish: () => this.finish(this.session), again: () => this.again(), csv: () => this.download(),
    };
    actions[name]();
  }

  choose(length) {
    this.length = this.options.lengths[length];
    for (const button of this.root.querySelectorAll("[data-length]")) {
      button.setAttribute("aria-pressed", Number(button.dataset.length) === length);
    }
  }

  press(event) {
    if (this.now !== "running" || event.ctrlKey || event.altKey || event.metaKey) return;
    const side = SIDES[event.key.toLowerCase()];
    if (event.key === "Escape") this.act("pause");
    else if (side && !event.repeat) this.run.respond(side);
    if (side || event.key === "Escape") event.preventDefault();
  }

  listen() {
    const { signal } = this.listening;
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal });
    on(document, "keydown", (event) => this.press(event));
    on(document, "visibilitychange", () => {
      if (document.hidden && this.now === "running") this.pause("Paused because this tab was hidden.");
    });
    on(this.root, "click", (event) => {
      const button = event.target.closest("button");
      if (button?.dataset.action) this.act(button.dataset.action);
      else if (button?.dataset.length) this.choose(Number(button.dataset.length));
      // detail 0: pressed by keyboard or screen reader; a pointer has already been handled by pointerdown
      else if (button?.dataset.side && event.detail === 0) this.run?.respond(button.dataset.side);
    });
    on(this.root, "pointerdown", (event) => this.touch(event));
    this.choose(0);
  }

  touch(event) {
    if (this.now !== "running") return;
    const stage = event.target.closest(".stage");
    const box = stage?.getBoundingClientRect();
    const half = box && (event.clientX < box.left + box.width / 2 ? "left" : "right");
    const side = event.target.closest("[data-side]")?.dataset.side ?? half;
    if (!side) return;
    event.preventDefault(); // the focus stays on the stage
    this.run.respond(side);
  }

  destroy() {
    this.stop();
    this.listening.abort();
  }
}

export default hosted(".posner", (root, data) => new Posner(root, data));
