// What a host calls: Streamlit, or a page of its own.

// root: the element of player.html. options: {trace, moment, compact, group, title, mark}, the trace as Trace.to_json() gives it.
function mount(root, options) {
  const player = new Player(root, options);
  return { update: (changed) => player.load(changed), state: () => player.state(), destroy: () => player.destroy() };
}

const mounted = new WeakMap(); // parentElement -> {root, player, call}
const remembered = new Map(); // the element's key -> the state when it last went away

// Streamlit calls this on mounting and again with each change of data or theme, always with the same parent,
// and runs the function returned by the last call when the element goes. A call overtaken by a newer one may
// have its function run early, so only the newest call's function takes the player down.
export default function attend({ data, parentElement }) {
  const root = parentElement.querySelector(".attention-player");
  const previous = mounted.get(parentElement);
  const options = { ...data, remembered: remembered.get(data.key) };
  const call = {};
  if (previous?.root === root) previous.player.update(options);
  else previous?.player.destroy();
  const player = previous?.root === root ? previous.player : mount(root, options);
  mounted.set(parentElement, { root, player, call });
  return () => {
    if (mounted.get(parentElement)?.call !== call) return;
    remembered.set(data.key, player.state());
    player.destroy();
    mounted.delete(parentElement);
  };
}
