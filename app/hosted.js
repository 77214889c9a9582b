// What Streamlit calls for an element of ours.
//
// It calls a module's default export on mounting and with each change of data or theme, always with the same parent,
// each time after an import of that module. While the module is still loading, these imports end in any order, so the
// newest data may come first. A call that a newer one has overtaken is taken back at once: the function that it
// returned runs before anything else happens. That of the last call runs when the element goes. So a call acts a
// moment later, if it still stands by then.

// selector: of the root in the element's html. build(root, data): what is shown there, with load(data), destroy() and
// state(), where it has any; it may call `trigger`, Streamlit's setTriggerValue. What state() gave when the element of
// the same key last went away is data.remembered.
function hosted(selector, build) {
  const homes = new WeakMap(); // parentElement -> {root, shown, call}
  const remembered = new Map(); // the element's key -> its state

  function act(call, { data, parentElement, setTriggerValue }) {
    const root = parentElement.querySelector(selector);
    const home = homes.get(parentElement);
    const whole = { ...data, remembered: remembered.get(data.key) };
    const same = home?.root === root;
    if (same) home.shown.load?.(whole);
    else home?.shown.destroy();
    const shown = same ? home.shown : build(root, whole);
    shown.trigger = setTriggerValue;
    homes.set(parentElement, { root, shown, call });
  }

  return (told) => {
    const call = {};
    const waiting = setTimeout(() => act(call, told));
    return () => {
      clearTimeout(waiting);
      const home = homes.get(told.parentElement);
      const overtaken = home?.call !== call && told.parentElement.isConnected;
      if (!home || overtaken) return;
      remembered.set(told.data.key, home.shown.state?.());
      home.shown.destroy();
      homes.delete(told.parentElement);
    };
  };
}
