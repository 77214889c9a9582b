// Buttons, keys, bars, and the state of the replay in the address.

const ADDRESS_INTERVAL_MS = 300;
const MOVES = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last" };
const AIMS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function listen(replay, signal) {
  const { root, part } = replay;
  const on = (target, event, act) => target.addEventListener(event, act, { signal });
  on(root, "click", (event) => press(replay, event.target.closest("button")));
  on(root, "keydown", (event) => pressKey(replay, event));
  on(part("scrub"), "input", (event) => replay.go(Number(event.target.value)));
  on(part("person"), "change", ({ target: { value } }) => replay.choosePerson(value === "all" ? null : Number(value)));
  listenToHighlights(replay, signal);
  on(part("photo"), "click", (event) => replay.guess(replay.views[0].pointAt(event)));
}

function press(replay, button) {
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  const { view, go } = button.dataset;
  if (view) replay.chooseView(view);
  else if (go) replay.go(replay.target(go));
  else if (button.classList.contains("play")) replay.togglePlay();
  else if (button.classList.contains("reveal")) replay.reveal();
  else if (button.classList.contains("undo")) replay.undoGuess();
  else if (button.classList.contains("again")) replay.guessAgain();
}

function pressKey(replay, event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const { key, target } = event;
  const onControl = target.closest("button, select, input");
  if (replay.phase === "guess") {
    if (onControl) return;
    if (AIMS[key]) replay.moveAim(...AIMS[key].map((step) => step * (event.shiftKey ? 5 : 1)));
    else if (key === "Enter" || key === " ") replay.guess(replay.guesses.aimIn(replay.data));
    else return;
  } else if (key === " " && !onControl) replay.togglePlay();
  else if (MOVES[key] && target !== replay.part("person")) replay.go(replay.target(MOVES[key]));
  else return;
  event.preventDefault();
}

function buildPeople(replay) {
  const { people } = replay.data;
  const options = people.map((_, at) => new Option(`Person ${at + 1}`, at));
  if (people.length > 1) options.unshift(new Option("Everyone", "all"));
  replay.part("person").replaceChildren(...options);
  replay.root.querySelector(".who").hidden = !people.length;
}

function showControls(replay) {
  const { root, part, phase } = replay;
  for (const one of root.querySelectorAll("[data-phase]")) one.hidden = one.dataset.phase !== phase;
  for (const button of root.querySelectorAll("[data-view]")) {
    button.hidden = !replay.offers(button.dataset.view);
    button.setAttribute("aria-pressed", button.dataset.view === replay.view);
  }
  root.querySelector(".views").hidden = !replay.data.people.length;
  part("person").value = replay.person ?? "all";
  part("scrub").max = replay.length() - 1;
  part("scrub").value = replay.now;
  part("scrub").setAttribute("aria-valuetext", `fixation ${replay.now + 1} of ${replay.length()}`);
  for (const button of root.querySelectorAll("[data-go]")) {
    const end = ["first", "back"].includes(button.dataset.go) ? 0 : replay.length() - 1;
    button.setAttribute("aria-disabled", replay.now === end); // unlike disabled, it keeps the focus
  }
  part("again").hidden = !replay.data.guesses;
  showGuessing(replay);
  showBits(replay);
}

function showGuessing({ part, guesses, data }) {
  const whose = data.people.length ? "people and the model" : "the model";
  part("reveal").textContent = `Show ${whose}`;
  part("reveal").setAttribute("aria-disabled", !guesses.places.length);
  part("undo").setAttribute("aria-disabled", !guesses.places.length);
}

// One bar for each fixation, upwards from the line at 0 for a gain over the center bias.
function showBits(replay) {
  const { part, data, view, person, now, phase } = replay;
  part("bits").hidden = phase === "guess" || view !== "next";
  if (part("bits").hidden) return;
  const bits = data.next.people[person]?.bits ?? [];
  const known = bits.map((value) => value ?? 0);
  const [low, high] = [Math.min(-1, ...known), Math.max(1, ...known)];
  const share = (value) => (100 * (high - value)) / (high - low);
  part("bars").style.setProperty("--zero", `${share(0)}%`);
  part("bars").replaceChildren(...known.map((value, at) => {
    const [bar, fill] = [document.createElement("span"), document.createElement("i")];
    bar.className = at === now ? "bar now" : "bar";
    fill.style.top = `${share(Math.max(0, value))}%`;
    fill.style.bottom = `${100 - share(Math.min(0, value))}%`;
    if (bits[at] !== null) bar.append(fill);
    return bar;
  }));
  part("means").textContent = meansSentence(replay);
}

// Person, fixation and view are known only to the browser and are written to the address, so that a link restores
// them. The server does not know them and may overwrite the address at any time.
function writeAddress(replay) {
  const url = new URL(location.href);
  for (const [name, text] of Object.entries(replay.parameters())) {
    if (text) url.searchParams.set(name, text);
    else url.searchParams.delete(name);
  }
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}
