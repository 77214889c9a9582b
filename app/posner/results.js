// The results in words and numbers.

const ms = (number) => `${Math.round(number)} ms`;

function told(found, unit = ms) {
  if (!found) return "no answers";
  return found.low === null ? unit(found.value) : `${unit(found.value)} [${Math.round(found.low)}, ${Math.round(found.high)}]`;
}

function verdictOf({ effect }) {
  if (!effect || effect.low === null) return "These are too few answers for an interval: do some more trials.";
  if (effect.low > 0) {
    return "You answered faster where the arrow pointed: attention had gone there before the dot came. " +
      "If your eyes stayed on the middle, that was covert attention.";
  }
  if (effect.high < 0) return "You were slower where the arrow pointed, which is unusual: did you try to outguess it?";
  return "The interval includes 0: these trials cannot tell whether the arrow helped. More trials would narrow it.";
}

function showResults(root, found) {
  const part = (name) => root.querySelector(`.${name}`);
  part("effect").textContent = told(found.effect);
  part("verdict").textContent = verdictOf(found);
  const described = CONDITIONS.map((condition) => `${condition}: median ${told(found.medians[condition])}`).join("; ");
  const plot = plotOf(found, `Reaction times with 95 % intervals. ${described}.`);
  part("figure").replaceChildren(...(plot ? [plot] : []));
  const rows = CONDITIONS.map((condition) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = condition;
    const cells = [String(found.lists[condition].length), told(found.medians[condition])].map((text) => {
      const cell = document.createElement("td");
      cell.textContent = text;
      return cell;
    });
    row.append(head, ...cells);
    return row;
  });
  part("medians").replaceChildren(...rows);
  part("halves").textContent =
    `Benefit of a right arrow (neutral minus valid): ${told(found.benefit)}. ` +
    `Cost of a wrong one (invalid minus neutral): ${told(found.cost)}.`;
  const { right, ...left } = found.outcomes;
  const others = Object.entries(left).map(([outcome, count]) => `${count} ${outcome}`).join(", ");
  part("counts").textContent = `${found.trials} trials: ${right} answered right; left out: ${others}.`;
}
