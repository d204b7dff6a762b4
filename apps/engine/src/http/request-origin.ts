import type { ApiRequest } from './api-request';

/** Who asked, and under which correlation id: what an operation keeps of the request that started it. */
export interface RequestOrigin {
  readonly correlationId: string;
  readonly ownerId: string;
}

/** The origin of a request. */
export const originOf = ({ correlationId, caller }: ApiRequest): RequestOrigin => ({ correlationId, ownerId: caller.id });
