import type { WireObject } from './wire.document';

/** The body of a refusal: `<fault>`, or the `fault` of a failed `<action>`. */
export interface Fault extends WireObject {
  reason: string;
  detail: string;
}

/** The body of an action that was refused or has failed. */
export interface FailedAction extends WireObject {
  status: 'failed';
  fault: Fault;
}

/** Reasons that clients know. */
export const reasons = {
  operationFailed: 'Operation Failed',
  incompleteParameters: 'Incomplete parameters',
  invalidValue: 'Invalid value',
  malformedId: 'Operation failed',
} as const;

export function fault(reason: string, detail: string): Fault {
  return { reason, detail };
}

/** The fault of an operation that the engine refuses or could not finish: the texts as one bracketed list, as clients match them. */
export function operationFailed(...texts: string[]): Fault {
  return fault(reasons.operationFailed, `[${texts.join(', ')}]`);
}

/** The `<action>` of a refused action, with the members that the client sent, if they are to be echoed. */
export function actionFailed(failure: Fault): FailedAction {
  return { status: 'failed', fault: failure };
}
