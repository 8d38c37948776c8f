/**
 * What a component knows of the other side: state and messages come in, actions go out.  Behind it
 * is Panel's model (live) or a recorded state (before the model is there); components cannot tell.
 *
 * @typedef {{
 *   onState: (callback: (state: object) => void) => void,
 *   onMessage: (callback: (message: object) => void) => void,
 *   send: (verb: string, args?: object) => void,
 * }} Link
 */

const COMPONENTS = {
  token_strip: () => import("./token_strip.js"),
  controls: () => import("./controls.js"),
  lens: () => import("./lens.js"),
  room: () => import("./room.js"),
  lesson: () => import("./lesson.js"),
  notices: () => import("./notices.js"),
};

/** Panel's entry, see panel_root.js. */
export async function mountPanel(name, { model }) {
  const { mount } = await COMPONENTS[name]();
  const host = mount(panelLink(model));
  host.dataset.live = "true";
  document.dispatchEvent(new CustomEvent("lmpanel:mounted", { detail: { name } }));
  return host;
}

function panelLink(model) {
  return {
    onState(callback) {
      const apply = () => callback(JSON.parse(model.state));
      model.on("state", apply);
      apply();
    },
    onMessage: (callback) => model.on("msg:custom", (data) => callback(JSON.parse(data))),
    // Later than now: what is sent while Python's own change is being applied would be taken for it.
    send: (verb, args = {}) => queueMicrotask(() => model.send_msg({ verb, ...args })),
  };
}

/** Shows recorded values; every action tells the reader why it has to wait. */
export async function mountRecorded(name, recorded, onAction) {
  const { mount } = await COMPONENTS[name]();
  const messages = recorded.messages ?? [];
  return mount({
    onState: (callback) => callback(recorded.state),
    onMessage: (callback) => messages.forEach((message) => callback(message)),
    send: (verb, args = {}) => { if (verb !== "ready") onAction(verb, args); },
  });
}
