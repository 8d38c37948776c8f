/**
 * Draws a component into Panel's view of it.  Panel has the same few lines as a text, of which it makes a
 * blob; panel_bridge.js imports this file in its place, so that the content policy allows no blobs as scripts.
 */
export default {
  /** @param {string} id of the view */
  async render(id) {
    const view = globalThis.Bokeh.index.find_one_by_id(id);
    if (!view) return;
    const { model, container } = view;
    const drawn = await view.render_fn({ view, model: view.model_proxy, data: model.data, el: container });
    if (drawn instanceof Element) container.replaceChildren(drawn);
    view.after_rendered();
  },
};
