/**
 * What one round was: the load's `Done`, CPU times in ms, what came and went through the client's TCP connections, and
 * what the server's process grew by, in bytes.
 * @typedef {import('./load.mjs').Done & Record<'cpu' | 'bytes' | 'serverCpu' | 'serverMemory', number>} Measured
 */

/** @param {Measured} measured */
export const perSecond = ({ amount, ms }) => (amount / ms) * 1000;

/** @param {Measured} measured */
export const microsecondsEach = ({ amount, ms }) => (ms / amount) * 1000;

/** @param {Measured} measured */
export const figure = ({ figure }) => figure ?? Number.NaN;

/** @param {Measured} measured */
export const cpuEach = ({ amount, cpu, serverCpu }) => ((cpu + serverCpu) / amount) * 1000;

/** @param {Measured} measured */
export const serverCpuEach = ({ amount, serverCpu }) => (serverCpu / amount) * 1000;

/** @param {Measured} measured */
export const bytesEach = ({ amount, bytes }) => bytes / amount;

/** @param {Measured} measured */
export const kibibytesEach = ({ amount, serverMemory }) => serverMemory / amount / 1024;
