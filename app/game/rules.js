// Pure: a game as plain data. A turn is [cells, label], the label null for stop, as the server reads it.

const freshGame = () => ({ turns: [], looked: [], over: false });

const glimpsesLeft = (game, most) => most - game.looked.length;

// Each of these gives the next game, or the same one where that may not be done.
function lookAt(game, cell, most) {
  if (game.over || glimpsesLeft(game, most) === 0) return game;
  return { ...game, looked: [...game.looked, cell] };
}

function nameIt(game, label, mostNames) {
  if (game.over || namedIn(game).length === mostNames) return game;
  return { ...game, turns: [...game.turns, [game.looked, label]], looked: [] };
}

function stopIt(game) {
  return game.over ? game : { turns: [...game.turns, [game.looked, null]], looked: [], over: true };
}

const namedIn = (game) => game.turns.map(([, label]) => label).filter((label) => label !== null);

// The cell so many rows and columns away, kept on the map.
function movedCell(cell, rowsDown, columnsRight, { rows, columns }) {
  const within = (place, count) => Math.min(Math.max(place, 0), count - 1);
  const row = within(Math.floor(cell / columns) + rowsDown, rows);
  return row * columns + within((cell % columns) + columnsRight, columns);
}

// For each label whether it was still to be named: [5, 5] of a scene with one 5 is [true, false].
function verdicts(named, truth) {
  const free = [...truth];
  return named.map((label) => {
    const place = free.indexOf(label);
    if (place >= 0) free.splice(place, 1);
    return place >= 0;
  });
}
