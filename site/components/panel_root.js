/**
 * What Panel calls to draw a component of lmpanel, whichever it is; lmpanel/views/component.py names this
 * file, and the component's own module as a constant of its model.
 */
import { mountPanel } from "./link.js";

export const render = ({ model }) => mountPanel(model.esm_constants.component, { model });
