/** Whether a variable of the environment says yes: it is set, and neither blank nor `0`, `false`, `off` or `no`. */
export function saysYes(value: string | undefined): boolean {
  // Most are unset, and a command has no time to compile a pattern for those.
  return value !== undefined && !/^(?:|0|false|off|no)$/i.test(value.trim());
}
