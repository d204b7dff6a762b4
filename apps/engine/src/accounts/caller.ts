/** Who asks. */
export interface Caller {
  readonly id: string;
  /** `name@profile`, as one logs in with. */
  readonly login: string;
  /** The groups that the account is in: permissions can be given to them too. */
  readonly groupIds: readonly string[];
}

/** Who asks before anybody has been identified. */
export const NOBODY: Caller = { id: '', login: '', groupIds: [] };
