// Replaces the address by its completed form: the visitor's link and its completed form are one history entry.
//
// data: {seen, completed, browser}. seen: the parameters that the server completed. completed: what takes their place.
// browser: names of parameters that the browser writes by itself, such as the moment of a player.

const sameParameters = (one, other) => {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
};

function completedParameters(now, { seen, completed, browser }) {
  const own = (parameters) => Object.fromEntries(Object.entries(parameters).filter(([name]) => !browser.includes(name)));
  if (!sameParameters(own(now), own(seen))) return null; // the visitor has gone on
  const moved = browser.filter((name) => name in now && now[name] !== seen[name]);
  return { ...completed, ...Object.fromEntries(moved.map((name) => [name, now[name]])) };
}

export default function complete({ data }) {
  const parameters = completedParameters(Object.fromEntries(new URLSearchParams(location.search)), data);
  if (parameters === null) return;
  const url = new URL(location.href);
  url.search = new URLSearchParams(parameters).toString();
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}
