// The default export of a custom element, which Streamlit calls.
//
// Streamlit calls a module's default export on mounting and after each change of data or theme, always with the same
// parent, each time after importing the module. While the module is loading, these imports finish in any order, so the
// newest data may come first. The cleanup function of an outdated call runs at once, before anything else; that of the
// last call runs when the element is removed. Therefore a call takes effect a moment later, unless it was cleaned up.

// selector: of the root in the element's HTML. build(root, data) returns the object shown there, with load(data),
// destroy() and optionally state(); it may call `trigger`, Streamlit's setTriggerValue. data.remembered is the last
// state() of an element with the same key.
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

  return (options) => {
    const call = {};
    const waiting = setTimeout(() => act(call, options));
    return () => {
      clearTimeout(waiting);
      const home = homes.get(options.parentElement);
      const outdated = home?.call !== call && options.parentElement.isConnected;
      if (!home || outdated) return;
      remembered.set(options.data.key, home.shown.state?.());
      home.shown.destroy();
      homes.delete(options.parentElement);
    };
  };
}
