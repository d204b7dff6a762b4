import { durationSetting } from '@clinker/settings';
import { z } from 'zod';
import { INTERNAL_DOMAIN, INTERNAL_PROFILE } from './internal.domain';

const text = z.string().min(1);

const isHttps = (url: string): boolean => URL.canParse(url) && new URL(url).protocol === 'https:';

const hasOpenid = (scope: string): boolean => scope.split(' ').includes('openid');

/** The OpenID provider whose users may log in; without a profile there is none, and the others say nothing. */
export const oidcSettings = {
  /** What stands behind the `@` of a log-in of the provider's users. */
  CLINKER_OIDC_PROFILE: z
    .string()
    .regex(/^[a-z][a-z0-9._-]{0,62}$/, 'lower-case letters, digits and . _ -')
    .refine((name) => ![INTERNAL_PROFILE, INTERNAL_DOMAIN].includes(name), 'another name than that of the built-in profile')
    .optional(),
  /** As the provider itself says it: with or without a slash at the end. */
  CLINKER_OIDC_ISSUER: z.string().refine(isHttps, 'an address that begins with https://').optional(),
  CLINKER_OIDC_CLIENT_ID: text.optional(),
  CLINKER_OIDC_CLIENT_SECRET_FILE: text.optional(),
  /** What is asked for; providers may want more for groups. */
  CLINKER_OIDC_SCOPE: text.refine(hasOpenid, 'openid must be among the words').default('openid profile email'),
  /** The claims that are the user's name and groups. */
  CLINKER_OIDC_USER_CLAIM: text.default('preferred_username'),
  CLINKER_OIDC_GROUPS_CLAIM: text.default('groups'),
  /** Who signed the provider's certificate, if not an authority that Node knows. */
  CLINKER_OIDC_CA: text.optional(),
  /** How long all questions to the provider about one log-in may take. */
  CLINKER_OIDC_TIMEOUT: durationSetting.prefault('10s'),
};

type OidcSettings = z.output<z.ZodObject<typeof oidcSettings>>;

const NEEDED = ['CLINKER_OIDC_ISSUER', 'CLINKER_OIDC_CLIENT_ID', 'CLINKER_OIDC_CLIENT_SECRET_FILE'] as const;

/** For `superRefine`: who names a profile must say how its provider is asked. */
export function refineOidc(found: OidcSettings, context: z.RefinementCtx): void {
  if (found.CLINKER_OIDC_PROFILE === undefined) return;
  for (const name of NEEDED)
    if (found[name] === undefined)
      context.addIssue({ code: 'custom', path: [name], message: 'needed, because CLINKER_OIDC_PROFILE is given' });
}

/** How the provider of a profile is asked. */
export interface OidcOptions {
  readonly profile: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecretFile: string;
  readonly scope: string;
  readonly userClaim: string;
  readonly groupsClaim: string;
  readonly caFile: string | undefined;
  readonly timeoutMs: number;
}

/** The provider, if one is set. */
export function oidcOptions(found: OidcSettings): OidcOptions | undefined {
  if (found.CLINKER_OIDC_PROFILE === undefined) return undefined;
  return {
    profile: found.CLINKER_OIDC_PROFILE,
    issuer: found.CLINKER_OIDC_ISSUER ?? '',
    clientId: found.CLINKER_OIDC_CLIENT_ID ?? '',
    clientSecretFile: found.CLINKER_OIDC_CLIENT_SECRET_FILE ?? '',
    scope: found.CLINKER_OIDC_SCOPE,
    userClaim: found.CLINKER_OIDC_USER_CLAIM,
    groupsClaim: found.CLINKER_OIDC_GROUPS_CLAIM,
    caFile: found.CLINKER_OIDC_CA,
    timeoutMs: found.CLINKER_OIDC_TIMEOUT,
  };
}
