// Pure: the rules. A turn is [cells, label], with label null for stop, as the server reads it.

const newGame = () => ({ turns: [], glimpsed: [], over: false });

const glimpsesLeft = (game, glimpses) => glimpses - game.glimpsed.length;

// Each of these returns the next state of the game, or the same one if the move is not allowed.
function takeGlimpse(game, cell, glimpses) {
  if (game.over || glimpsesLeft(game, glimpses) === 0) return game;
  return { ...game, glimpsed: [...game.glimpsed, cell] };
}

function nameDigit(game, label, maxLabels) {
  if (game.over || labelsOf(game).length === maxLabels) return game;
  return { ...game, turns: [...game.turns, [game.glimpsed, label]], glimpsed: [] };
}

function sayStop(game) {
  return game.over ? game : { turns: [...game.turns, [game.glimpsed, null]], glimpsed: [], over: true };
}

const labelsOf = (game) => game.turns.map(([, label]) => label).filter((label) => label !== null);

// The cell at a distance in rows and columns, clamped to the map.
function movedCell(cell, rowsDown, columnsRight, { rows, columns }) {
  const clamp = (index, count) => Math.min(Math.max(index, 0), count - 1);
  const row = clamp(Math.floor(cell / columns) + rowsDown, rows);
  return row * columns + clamp((cell % columns) + columnsRight, columns);
}

// For each label, whether it was still to be named: [5, 5] in a scene with one 5 gives [true, false].
function verdicts(labels, truth) {
  const remaining = [...truth];
  return labels.map((label) => {
    const index = remaining.indexOf(label);
    if (index >= 0) remaining.splice(index, 1);
    return index >= 0;
  });
}
