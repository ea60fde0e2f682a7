/**
 * One line per event: time, level, message, then ids as key=value.
 *
 * Ids only, never payloads: what a log line or a request carried does not belong here. Values that
 * could break the line (spaces, quotes, control characters) are written as JSON text.
 */
export type LogLevel = "info" | "warn" | "error";
export type LogIds = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  info(message: string, ids?: LogIds): void;
  warn(message: string, ids?: LogIds): void;
  error(message: string, ids?: LogIds): void;
}

/** Longest value written; the rest is cut, so that a hostile name cannot fill the disk. */
const longestValue = 300;

export function formatLogLine(time: Date, level: LogLevel, message: string, ids: LogIds = {}): string {
  const pairs = Object.entries(ids).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${formatValue(String(value))}`],
  );
  return [time.toISOString(), level, message, ...pairs].join(" ");
}

export function createLog(write: (line: string) => void, now: () => Date): Log {
  const at = (level: LogLevel) => (message: string, ids?: LogIds) =>
    write(formatLogLine(now(), level, message, ids));
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

function formatValue(value: string): string {
  const cut = value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
  return /^[\w.:/@[\]%+,-]+$/.test(cut) ? cut : JSON.stringify(cut);
}
