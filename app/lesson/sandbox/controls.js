// Handles, sliders, maps and words: what they look like, and what they ask of the sandbox.

const HELP = {
  spot: "Drag a number, or press on the image; with the keyboard, Tab to a number and use the arrow keys.",
  glimpse: "Press where it should look, or drag the orange frame by its rim; Tab and the arrow keys move both marks.",
  guess: "Press on the place that stands out most to you, or Tab to the marker and use the arrow keys.",
};

function build(sandbox) {
  const { root, options, spots } = sandbox;
  const handles = [];
  if (options.spots) handles.push(...spots.map((_, place) => handleOf("spot", String(place + 1), place)));
  if (options.glimpses) handles.push(handleOf("glimpse", "", 0)); // above: its frame is hollow
  if (options.guess) handles.push(handleOf("guess", "?", 0));
  root.querySelector(".handles").replaceChildren(...handles);
  root.querySelector(".help").textContent = handles.length ? HELP[options.glimpses ? "glimpse" : options.guess ? "guess" : "spot"] : "";
  buildControls(sandbox);
  for (const name of ["maps", "views"]) root.querySelector(`.${name}`).hidden = !options.spots;
  root.querySelector(".fine").hidden = !options.glimpses;
  root.querySelector(".bars").hidden = !options.spots;
}

function handleOf(target, mark, place) {
  const handle = element("button", `handle ${target}`);
  Object.assign(handle, { type: "button" });
  Object.assign(handle.dataset, { target, mark, place });
  return handle;
}

function buildControls(sandbox) {
  const { root, options, spots } = sandbox;
  root.querySelector(".controls").hidden = !options.sliders || !options.spots;
  const counts = Array.from({ length: options.most ?? 1 }, (_, at) => {
    const button = element("button", "", `${at + 1} spotlight${at ? "s" : ""}`);
    button.type = "button";
    button.dataset.count = at + 1;
    button.setAttribute("aria-pressed", at + 1 === spots.length);
    return button;
  });
  root.querySelector(".counts").replaceChildren(...counts);
  root.querySelector(".sliders").replaceChildren(...spots.map((_, place) => slidersOf(sandbox, place)));
}

function slidersOf(sandbox, place) {
  const { sigmaMin, sigmaMax } = sandbox.data.limits;
  const group = element("fieldset", "spot");
  const slider = (name, least, most, step) => {
    const label = element("label", "");
    const input = element("input", name);
    Object.assign(input, { type: "range", min: least, max: most, step });
    Object.assign(input.dataset, { place, turns: name });
    label.append(element("span", "", name === "amount" ? "weight" : "width"), input, element("output", ""));
    return label;
  };
  group.append(element("legend", "", `Spotlight ${place + 1}`));
  group.append(slider("amount", 0, 100, 1), slider("sigma", sigmaMin.toFixed(2), sigmaMax.toFixed(2), 0.01));
  return group;
}

function placeHandles(sandbox, result) {
  const { root, scene, spots } = sandbox;
  const where = { spot: (place) => spots[place], guess: () => sandbox.guess };
  where.glimpse = () => middleOf(sandbox.cell ?? result?.cells.at(-1) ?? 0, scene);
  for (const handle of root.querySelectorAll(".handle")) {
    const { target, place } = handle.dataset;
    const { row, column } = where[target](Number(place));
    handle.style.left = `${((column - 0.5) / scene.columns) * 100}%`;
    handle.style.top = `${((row - 0.5) / scene.rows) * 100}%`;
    handle.setAttribute("aria-label", handleName(sandbox, target, Number(place), { row, column }));
  }
  for (const input of root.querySelectorAll(".spot input")) {
    const { place, turns } = input.dataset;
    const spot = spots[Number(place)];
    input.value = spot[turns];
    const words = turns === "amount" ? percent(sharesOf(spots)[Number(place)]) : `${spot.sigma.toFixed(1)} cells`;
    input.setAttribute("aria-valuetext", words);
    input.parentElement.querySelector("output").textContent = words;
  }
}

function middleOf(cell, { columns }) {
  return { row: Math.floor(cell / columns) + 1, column: (cell % columns) + 1 };
}

function handleName(sandbox, target, place, { row, column }) {
  if (target === "spot") return spotName(place, sandbox.spots);
  const where = `row ${row.toFixed(1)}, column ${column.toFixed(1)}`;
  return `${target === "guess" ? "Your guess" : "Sharp glimpse"}: ${where}. Arrow keys move it.`;
}

function showMaps(sandbox, covert, result) {
  const { root, scene, ground } = sandbox;
  if (!covert) return;
  const map = (name) => root.querySelector(`figure .${name}`);
  paintMap(map("mask"), scene, (cell) => shade(RAMPS.mask, covert.mask, cell));
  paintMap(map("salient"), scene, (cell) => [...inferno(scene.saliency[cell]), 255]);
  paintMap(map("priority"), scene, (cell) => shade(RAMPS.priority, covert.priority, cell));
  paintBroad(map("broad"), ground, covert);
  if (result && sandbox.options.glimpses) paintSharp(map("sharp"), ground, result.cells.at(-1));
}

function showSaid(sandbox, result) {
  const { root, scene, options } = sandbox;
  const [asked, verdict, other] = ["asked", "verdict", "other"].map((name) => root.querySelector(`.${name}`));
  if (options.guess) {
    asked.textContent = "Your place";
    const cell = cellUnder(sandbox.guess, scene);
    verdict.textContent = sandbox.guessed ? guessSentence(scene, cell) : "Choose the place that stands out most.";
    return;
  }
  root.querySelector(".said").hidden = !options.spots;
  if (!options.spots) return;
  asked.textContent = options.compare ? "With its sharp glimpses the model names" : "The model would now name";
  if (!result) {
    verdict.textContent = "The model is on its way…";
    return;
  }
  verdict.replaceChildren(...said(scene, result));
  showBars(root.querySelector(".bars"), scene, result);
  other.replaceChildren(...(result.broad ? ["With the broad glimpse alone: ", ...said(scene, result.broad)] : []));
}

function said(scene, result) {
  const right = isThere(scene, result.label);
  return right === null ? [answerOf(scene, result)] : [answerOf(scene, result), verdictSign(right)];
}

function showBars(bars, scene, { classes, label }) {
  if (bars.children.length !== classes.length) {
    bars.replaceChildren(...scene.names.map((name) => {
      const bar = element("span", "bar");
      const rail = element("span", "rail");
      rail.append(element("i", ""));
      bar.append(rail, element("span", "", name));
      return bar;
    }));
  }
  for (const [place, bar] of [...bars.children].entries()) {
    bar.classList.toggle("chosen", place === label);
    bar.querySelector("i").style.height = `${100 * classes[place]}%`;
  }
}
