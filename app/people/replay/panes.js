// What the panes of the replay show, and how it is drawn, with its legend.

// For each pane: {people, model, next: paths that are shown, density, color, whose}.
function panesOf(replay) {
  const { data, view, now, person, highlighted } = replay;
  if (replay.phase === "guess") return [{}];
  if (view === "next") return [{ next: true, density: predictedAt(data.next, person, now), color: COLORS.overt }];
  if (view === "density") return densityPanes(replay);
  if (view === "beside") return [{ people: true }, { model: true }];
  const shows = (who) => !["people", "model"].includes(highlighted) || highlighted === who;
  return [{ people: shows("people"), model: shows("model") }];
}

function densityPanes(replay) {
  const { data, now } = replay;
  const persons = replay.persons();
  const points = persons.flatMap((at) => data.people[at].slice(0, now + 1));
  const grid = data.next ?? { rows: 48, columns: Math.round((48 * data.width) / data.height) };
  const panes = [{ density: densityAround(points, grid, data), color: COLORS.people, whose: "people" }];
  if (data.next) panes.push({ density: meanPrediction(data.next, persons, now), color: COLORS.overt, whose: "model" });
  return panes;
}

function drawPane(replay, view, pane, progress) {
  showLegend(replay, view.figure, pane);
  if (!view.begin()) return;
  if (pane.density) view.density(pane.density, pane.color);
  if (pane.next) drawChoice(replay, view, progress);
  if (pane.people) drawPeople(replay, view, progress);
  if (pane.model && replay.data.model) {
    view.path(replay.data.model.path.slice(0, replay.now + 1), COLORS.overt, {
      square: true, progress: replay.now < replay.data.model.path.length ? progress : 1,
    });
  }
  if (!pane.density) drawGuesses(replay, view);
  if (replay.phase === "guess" && replay.guesses.aim) view.cross(replay.guesses.aim);
}

function drawPeople({ data, person, now }, view, progress) {
  for (const at of person === null ? data.people.keys() : [person]) {
    const path = data.people[at];
    view.path(path.slice(0, now + 1), COLORS.people, {
      progress: now < path.length ? progress : 1, numbered: person !== null, alpha: person === null ? 0.8 : 1,
    });
  }
}

// The person's path so far, and a ring where the person looked next.
function drawChoice({ data, person, now }, view, progress) {
  const path = data.people[person];
  view.path(path.slice(0, now), COLORS.people, { alpha: 0.75 });
  if (!path[now]) return;
  view.context.globalAlpha = progress;
  view.ring(path[now], data.blur, COLORS.people, 4);
  view.context.globalAlpha = 1;
}

function drawGuesses({ guesses, data, phase }, view) {
  for (const [at, guess] of guesses.places.entries()) {
    if (phase === "shown") view.ring(guess, data.near, "#fff", 1.5);
    view.mark(view.place(guess), "#fff", { text: String(at + 1) });
  }
}

function showLegend(replay, figure, { people, model, density, color, whose, next }) {
  const { data, person, guesses, phase } = replay;
  const who = person === null ? "people" : `person ${person + 1}`;
  const marks = [];
  if (next || ((people || whose === "people") && data.people.length)) marks.push(["people", who]);
  if ((model || next || whose === "model") && data.model) marks.push(["model", "model"]);
  if (!density && guesses.places.length && phase === "shown") marks.push(["own", "your places"]);
  figure.querySelector(".legend").replaceChildren(...marks.map(([kind, text]) => {
    const mark = document.createElement("span");
    mark.className = `mark ${kind}`;
    mark.textContent = text;
    return mark;
  }));
  const scale = figure.querySelector(".scale");
  scale.hidden = !density;
  if (density) {
    paintRamp(scale.querySelector(".ramp"), color);
    scale.querySelector(".high").textContent = `${density.high.toFixed(density.high < 10 ? 1 : 0)}\u00d7 uniform`;
  }
  const photo = figure.querySelector(".photo");
  photo.setAttribute("aria-label", `${data.name}: ${marks.map(([, text]) => text).join(", ") || "the photo"}.`);
}
