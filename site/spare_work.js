/**
 * What this device can spare: memory for the fast way of computing, and work that nobody has asked
 * for, such as computing likely next tokens ahead (not with little memory, on a battery that runs low,
 * or where its owner saves data).
 */

const LITTLE_GB = 2;
const LOW_LEVEL = 0.2;

/** Whether the model has to do with little memory. @param {"auto"|"full"|"low"} wish */
export function mustSpareMemory(wish) {
  const { deviceMemory = Infinity } = navigator;
  return wish === "low" || (wish === "auto" && deviceMemory <= LITTLE_GB);
}

/** @param {{compact: boolean, ahead: boolean}} wishes compact: the engine already saves memory */
export async function canSpare({ compact, ahead }) {
  const { deviceMemory = Infinity, connection } = navigator;
  if (!ahead || compact || deviceMemory <= LITTLE_GB || connection?.saveData) return false;
  const battery = await navigator.getBattery?.().catch(() => null);
  return !battery || battery.charging || battery.level > LOW_LEVEL;
}

/** Calls `onChange` when the battery comes or goes, or is used up. */
export async function watchBattery(onChange) {
  const battery = await navigator.getBattery?.().catch(() => null);
  for (const name of ["chargingchange", "levelchange"]) battery?.addEventListener(name, onChange);
}
