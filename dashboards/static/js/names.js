// What people call what the facts name: the dimensions, one by one and in the plural, and the names within them.

/** @import { Group, ReportContext } from "./types.js" */

/** @type {Record<Group, { one: string, several: string, heading: string }>} */
export const GROUP_WORDS = {
  provider: { one: "provider", several: "providers", heading: "Provider" },
  account: { one: "account", several: "accounts", heading: "Account" },
  project: { one: "project", several: "projects", heading: "Project" },
  key: { one: "key", several: "keys", heading: "Key" },
  host: { one: "host", several: "hosts", heading: "Host" },
  model: { one: "model", several: "models", heading: "Model" },
  source: { one: "source kind", several: "source kinds", heading: "Source kind" },
};

/**
 * @param {Pick<ReportContext, "providerNames" | "sourceLabels">} context
 * @param {Group} group
 * @param {string} name
 */
export function shownName({ providerNames, sourceLabels }, group, name) {
  if (group === "provider") return providerNames[name] ?? name;
  return group === "source" ? (sourceLabels[name] ?? name) : name;
}
