/**
 * What can go wrong with a download, in sentences that name the file, the cause and the remedy.
 *
 * Knows nothing about how files are fetched or checked.
 */

import { many, t } from "../components/wording.js";
import { EngineError } from "./errors.js";

export const unreachable = ({ path }, error) =>
  new EngineError(
    "network",
    t("{file} could not be fetched: the connection failed or the server is gone.", { file: path }),
    t("Check the network, then retry. What has already arrived is kept."),
    String(error?.message ?? error),
  );

export const stalled = ({ path }, ms) =>
  new EngineError(
    "stalled",
    many(
      Math.round(ms / 1000),
      "{file} stopped arriving: nothing came for {n} second.",
      "{file} stopped arriving: nothing came for {n} seconds.",
      { file: path },
    ),
    t("Check the network, then retry. What has already arrived is kept."),
  );

export const missing = ({ path }, status) =>
  new EngineError(
    "missing",
    t("{file} is missing on the server (status {status}); the site was not uploaded completely.", { file: path, status }),
    t("Retry later, or tell whoever looks after this site."),
  );

export const intercepted = ({ path }, detail) =>
  new EngineError(
    "intercepted",
    t("Instead of {file} a web page arrived, probably the sign-in page of the network.", { file: path }),
    t("Sign in to the network, then retry."),
    detail,
  );

export const corrupt = ({ path }, detail) =>
  new EngineError(
    "corrupt",
    t("{file} arrived changed, probably by a proxy or from a damaged cache; it was not used.", { file: path }),
    t("Retry; if it happens again, use another network, or “Remove from this browser” in the menu of the chip and try anew."),
    detail,
  );
