import { z } from 'zod';
import { ProviderFailure } from './openid.failure';

/** Names of users and groups are as long as oVirt's at most. */
const MAX_NAME = 255;

/** More groups of one user than any directory would tell. */
const MAX_GROUPS = 1_000;

const line = z
  .string()
  .max(MAX_NAME)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u);
const name = line.min(1);

/** Providers tell no groups by an empty list or by nothing, and some one group by a text. */
const groups = z
  .union([z.array(name).max(MAX_GROUPS), name.transform((only) => [only])])
  .nullish()
  .transform((names) => [...new Set(names ?? [])].sort());

/** What only helps people, and must not keep anybody out. */
const hint = line.catch('');

/** Whom the provider has recognized. */
export interface ExternalIdentity {
  /** Who this is, whatever the name: the claim `sub`. */
  readonly externalId: string;
  readonly userName: string;
  /** Without duplicates, in order. */
  readonly groups: readonly string[];
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** The names of the claims that providers call differently. */
export interface ClaimNames {
  readonly userClaim: string;
  readonly groupsClaim: string;
}

/** What the claims of a log-in say. @throws ProviderFailure that names the claim which is missing or of no use, and no value */
export function identityOf(claims: Readonly<Record<string, unknown>>, { userClaim, groupsClaim }: ClaimNames): ExternalIdentity {
  const usable = <T>(schema: z.ZodType<T>, claim: string): T => {
    const parsed = schema.safeParse(claims[claim]);
    if (parsed.success) return parsed.data;
    throw new ProviderFailure(`the claim '${claim}' is missing or cannot be used`);
  };
  return {
    externalId: usable(name, 'sub'),
    userName: usable(name, userClaim),
    groups: usable(groups, groupsClaim),
    email: usable(hint, 'email'),
    firstName: usable(hint, 'given_name'),
    lastName: usable(hint, 'family_name'),
  };
}
