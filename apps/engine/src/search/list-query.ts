import { parameter } from '@clinker/ovirt-api';
import { type ApiRequest, flag, wholeNumber } from '../http/api-request';
import type { Viewer } from '../permissions/viewer';

/** What a client may say of a list. */
export interface ListQuery {
  readonly search: string;
  /** How many at most; all if undefined. */
  readonly max: number | undefined;
  /** True only if the client says so: oVirt's own clients search by names in any case, whatever its model says of the default. */
  readonly caseSensitive: boolean;
  /** Who asks, if he does not see everything. */
  readonly viewer?: Viewer | undefined;
}

/** The list parameters of a request. @throws InvalidInputError */
export const listQuery = (api: ApiRequest): ListQuery => ({
  search: parameter(api.target, 'search') ?? '',
  max: wholeNumber(api, 'max'),
  caseSensitive: flag(api, 'case_sensitive'),
  viewer: api.viewer,
});
