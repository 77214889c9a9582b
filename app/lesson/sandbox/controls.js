// Builds and updates the handles, sliders, small maps and texts of the sandbox.

const HELP = {
  spotlight: "Drag a number or click on the image. By keyboard, press Tab to reach a number and use the arrow keys.",
  glimpse: "Click where the model should look, or drag the edge of the orange frame. Tab and arrow keys move them.",
  guess: "Click on the place that stands out most to you, or press Tab to reach the marker and use the arrow keys.",
};

function build(sandbox) {
  const { root, options, spotlights } = sandbox;
  const handles = [];
  if (options.spotlights) {
    handles.push(...spotlights.map((_, index) => handleOf("spotlight", String(index + 1), index)));
  }
  if (options.glimpses) handles.push(handleOf("glimpse", "", 0)); // on top of the others: its frame is hollow
  if (options.guess) handles.push(handleOf("guess", "?", 0));
  root.querySelector(".handles").replaceChildren(...handles);
  const help = HELP[options.glimpses ? "glimpse" : options.guess ? "guess" : "spotlight"];
  root.querySelector(".help").textContent = handles.length ? help : "";
  buildControls(sandbox);
  for (const name of ["maps", "crops"]) root.querySelector(`.${name}`).hidden = !options.spotlights;
  root.querySelector(".sharp-crop").hidden = !options.glimpses;
  root.querySelector(".bars").hidden = !options.spotlights;
}

function handleOf(target, mark, index) {
  const handle = element("button", `handle ${target}`);
  Object.assign(handle, { type: "button" });
  Object.assign(handle.dataset, { target, mark, index });
  return handle;
}

function buildControls(sandbox) {
  const { root, options, spotlights } = sandbox;
  root.querySelector(".controls").hidden = !options.sliders || !options.spotlights;
  const counts = Array.from({ length: options.max_spotlights }, (_, at) => {
    const button = element("button", "", `${at + 1} spotlight${at ? "s" : ""}`);
    button.type = "button";
    button.dataset.count = at + 1;
    button.setAttribute("aria-pressed", at + 1 === spotlights.length);
    return button;
  });
  root.querySelector(".counts").replaceChildren(...counts);
  root.querySelector(".sliders").replaceChildren(...spotlights.map((_, index) => slidersOf(sandbox, index)));
}

function slidersOf(sandbox, index) {
  const { sigmaMin, sigmaMax } = sandbox.data.limits;
  const group = element("fieldset", "spotlight");
  const slider = (name, least, most, step) => {
    const label = element("label", "");
    const input = element("input", name);
    Object.assign(input, { type: "range", min: least, max: most, step });
    Object.assign(input.dataset, { index, setting: name });
    label.append(element("span", "", name === "strength" ? "weight" : "width"), input, element("output", ""));
    return label;
  };
  group.append(element("legend", "", `Spotlight ${index + 1}`));
  group.append(slider("strength", 0, 100, 1), slider("sigma", sigmaMin.toFixed(2), sigmaMax.toFixed(2), 0.01));
  return group;
}

function placeHandles(sandbox, result) {
  const { root, scene, spotlights } = sandbox;
  const positions = { spotlight: (index) => spotlights[index], guess: () => sandbox.guess };
  positions.glimpse = () => centerOf(sandbox.cell ?? result?.cells.at(-1) ?? 0, scene);
  for (const handle of root.querySelectorAll(".handle")) {
    const { target, index } = handle.dataset;
    const { row, column } = positions[target](Number(index));
    handle.style.left = `${((column - 0.5) / scene.columns) * 100}%`;
    handle.style.top = `${((row - 0.5) / scene.rows) * 100}%`;
    handle.setAttribute("aria-label", handleLabel(sandbox, target, Number(index), { row, column }));
  }
  for (const input of root.querySelectorAll(".spotlight input")) {
    const { index, setting } = input.dataset;
    const spotlight = spotlights[Number(index)];
    input.value = spotlight[setting];
    const weight = percent(weightsOf(spotlights)[Number(index)]);
    const text = setting === "strength" ? weight : `${spotlight.sigma.toFixed(1)} cells`;
    input.setAttribute("aria-valuetext", text);
    input.parentElement.querySelector("output").textContent = text;
  }
}

function centerOf(cell, { columns }) {
  return { row: Math.floor(cell / columns) + 1, column: (cell % columns) + 1 };
}

function handleLabel(sandbox, target, index, { row, column }) {
  if (target === "spotlight") return spotlightLabel(index, sandbox.spotlights);
  const where = `row ${row.toFixed(1)}, column ${column.toFixed(1)}`;
  return `${target === "guess" ? "Your guess" : "Sharp glimpse"}: ${where}. Arrow keys move it.`;
}

function showMaps(sandbox, covert, result) {
  const { root, scene, imageView } = sandbox;
  if (!covert) return;
  const map = (name) => root.querySelector(`figure .${name}`);
  paintMap(map("mask"), scene, (cell) => shade(MAP_COLORS.mask, covert.mask, cell));
  paintMap(map("saliency-map"), scene, (cell) => [...inferno(scene.saliency[cell]), 255]);
  paintMap(map("priority"), scene, (cell) => shade(MAP_COLORS.priority, covert.priority, cell));
  paintBroad(map("broad"), imageView, covert);
  if (result && sandbox.options.glimpses) paintSharp(map("sharp"), imageView, result.cells.at(-1));
}

function showAnswer(sandbox, result) {
  const { root, scene, options } = sandbox;
  const [heading, verdict, other] = ["heading", "verdict", "other"].map((name) => root.querySelector(`.${name}`));
  if (options.guess) {
    heading.textContent = "Your guess";
    const cell = cellAt(sandbox.guess, scene);
    verdict.textContent = sandbox.guessed ? guessFeedback(scene, cell) : "Choose the place that stands out most.";
    return;
  }
  root.querySelector(".answer").hidden = !options.spotlights;
  if (!options.spotlights) return;
  heading.textContent = options.compare_broad ? "With its sharp glimpses, the model names" : "The model would name";
  if (!result) {
    verdict.textContent = "Loading the model…";
    return;
  }
  verdict.replaceChildren(...answerParts(scene, result));
  showBars(root.querySelector(".bars"), scene, result);
  const broad = result.broad ? ["With the broad glimpse alone: ", ...answerParts(scene, result.broad)] : [];
  other.replaceChildren(...broad);
}

function answerParts(scene, result) {
  const correct = isCorrect(scene, result.label);
  return correct === null ? [answerOf(scene, result)] : [answerOf(scene, result), verdictSign(correct)];
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
  for (const [index, bar] of [...bars.children].entries()) {
    bar.classList.toggle("chosen", index === label);
    bar.querySelector("i").style.height = `${100 * classes[index]}%`;
  }
}
